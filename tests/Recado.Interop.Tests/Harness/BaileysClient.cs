using System.Collections.Concurrent;
using System.Text.Json;
using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>
/// The unmodified npm package <c>baileys</c> in a Node process of its own, driven by <c>baileys/driver.mjs</c>. It pairs with a phone of
/// the simulated service like any other companion.
/// </summary>
internal sealed class BaileysClient : IAsyncDisposable
{
    private readonly SimulatedService _service;
    private readonly string _folder;
    private readonly EventLog<JsonElement> _events = new("Baileys");
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _replies = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ChildProcess _process;
    private readonly Task _watch;
    private readonly bool _ownsFolder;
    private int _lastCommand;

    private BaileysClient(SimulatedService service, string folder, bool ownsFolder)
    {
        _service = service;
        _folder = folder;
        _ownsFolder = ownsFolder;
        var driver = Repository.Path("tests/Recado.Interop.Tests/baileys/driver.mjs");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(driver)!, "node_modules")))
            throw new InvalidOperationException($"{Path.GetDirectoryName(driver)} has no node_modules. Run ./test, or npm ci in that folder.");

        _process = ChildProcess.Start("node", [driver], folder, new Dictionary<string, string?>(), OnLine);
        _watch = WatchAsync();
    }

    /// <summary>A client without an account; its credentials live as long as it does.</summary>
    public static BaileysClient Start(SimulatedService service) =>
        new(service, Directory.CreateTempSubdirectory("recado-baileys-").FullName, ownsFolder: true);

    /// <summary>A client that is linked to <paramref name="phone"/> by QR code and logged in.</summary>
    public static async Task<BaileysClient> PairAsync(SimulatedService service, SimulatedPhone phone, CancellationToken ct)
    {
        var client = Start(service);
        try
        {
            await client.ConnectAsync(ct);
            var qr = await client.TakeAsync("qr", null, ct);
            await phone.ScanAsync(qr.GetProperty("code").GetString()!, ct);

            // The service ends the pairing connection and expects a login with the new credentials; Baileys leaves that to its caller.
            Assert.Equal(515, await client.ClosedAsync(ct));
            await client.LoginAsync(ct);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new process on the credentials this one saved.</summary>
    public BaileysClient Restarted() => new(_service, _folder, ownsFolder: false);

    public Task ConnectAsync(CancellationToken ct) => CommandAsync(
        "connect",
        new
        {
            url = _service.WebSocketUrl.ToString(),
            rootKey = Convert.ToHexStringLower(_service.RootKey.Span),
            authDir = _folder,
        },
        ct);

    /// <summary>Connects with saved credentials, until Baileys says <c>open</c>.</summary>
    public async Task LoginAsync(CancellationToken ct)
    {
        await ConnectAsync(ct);
        await TakeAsync("open", null, ct);
    }

    /// <summary>The status code with which Baileys reports the end of its connection.</summary>
    public async Task<int> ClosedAsync(CancellationToken ct) => (await TakeAsync("close", null, ct)).GetProperty("code").GetInt32();

    /// <summary>Sends a text; the answer is its message id.</summary>
    public async Task<string> SendTextAsync(string to, string text, CancellationToken ct) =>
        (await CommandAsync("sendText", new { to, text }, ct)).GetString()!;

    /// <summary>The message with this text.</summary>
    public async Task<BaileysMessage> ReceiveAsync(string text, CancellationToken ct)
    {
        var message = await TakeAsync("message", e => e.GetProperty("text").ValueEquals(text), ct);
        return new BaileysMessage(message.GetProperty("messageId").GetString()!, message.GetProperty("chat").GetString()!);
    }

    /// <summary>Waits until a message it sent has this status: <c>DELIVERY_ACK</c> or <c>READ</c>.</summary>
    public Task StatusAsync(string messageId, string status, CancellationToken ct) =>
        TakeAsync("status", e => e.GetProperty("messageId").ValueEquals(messageId) && e.GetProperty("status").ValueEquals(status), ct);

    /// <summary>Waits until it reports a message as one it cannot decrypt.</summary>
    public Task UndecryptableAsync(string messageId, CancellationToken ct) =>
        TakeAsync("undecryptable", e => e.GetProperty("messageId").ValueEquals(messageId), ct);

    public Task ReadAsync(BaileysMessage message, CancellationToken ct) =>
        CommandAsync("read", new { chat = message.Chat, messageId = message.Id }, ct);

    /// <summary>Forgets every Signal session, as a damaged store would.</summary>
    public async Task DeleteSessionsAsync(CancellationToken ct) =>
        Assert.NotEqual(0, (await CommandAsync("deleteSessions", new { }, ct)).GetInt32());

    /// <summary>Closes its connection and keeps the pairing.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await CommandAsync("end", new { }, ct);
        await ClosedAsync(ct);
    }

    public Task LogoutAsync(CancellationToken ct) => CommandAsync("logout", new { }, ct);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _watch;
        _turn.Dispose();
        if (_ownsFolder)
            Directory.Delete(_folder, recursive: true);
    }

    private Task<JsonElement> TakeAsync(string name, Func<JsonElement, bool>? matches, CancellationToken ct) =>
        _events.TakeAsync(name, e => e.GetProperty("event").ValueEquals(name) && matches?.Invoke(e) != false, ct);

    private async Task<JsonElement> CommandAsync(string command, object arguments, CancellationToken ct)
    {
        var line = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        var id = Interlocked.Increment(ref _lastCommand);
        line["id"] = id;
        line["command"] = command;
        var reply = _replies[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);

        await _turn.WaitAsync(ct);
        try
        {
            await _process.WriteLineAsync(line.ToJsonString(), ct);
        }
        finally
        {
            _turn.Release();
        }

        var answer = await reply.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"Baileys failed at {error.GetString()}\n{_process.Tail}")
            : answer.GetProperty("result");
    }

    private void OnLine(string line)
    {
        var json = JsonElement.Parse(line);
        if (!json.TryGetProperty("reply", out var id))
            _events.Add(json);
        else if (_replies.TryRemove(id.GetInt32(), out var reply))
            reply.SetResult(json);
    }

    private async Task WatchAsync()
    {
        await _process.Ended;
        _events.End($"its process ended\n{_process.Tail}");
        foreach (var reply in _replies.Values)
            reply.TrySetException(new InvalidOperationException($"Baileys ended without an answer.\n{_process.Tail}"));
    }
}

/// <summary>A message as Baileys sees it.</summary>
internal sealed record BaileysMessage(string Id, string Chat);
