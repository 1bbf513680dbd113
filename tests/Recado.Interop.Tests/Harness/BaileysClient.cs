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
    private readonly bool _ownsFolder, _wantsHistory;
    private int _lastCommand;

    private BaileysClient(SimulatedService service, string folder, bool ownsFolder, bool wantsHistory)
    {
        _wantsHistory = wantsHistory;
        _service = service;
        _folder = folder;
        _ownsFolder = ownsFolder;
        var driver = Repository.Path("tests/Recado.Interop.Tests/baileys/driver.mjs");
        if (!Directory.Exists(Path.Combine(Path.GetDirectoryName(driver)!, "node_modules")))
            throw new InvalidOperationException($"{Path.GetDirectoryName(driver)} has no node_modules. Run ./test, or npm ci in that folder.");

        _process = ChildProcess.Start(
            "node", [driver], folder, new Dictionary<string, string?> { ["NODE_EXTRA_CA_CERTS"] = service.MediaAuthorityFile }, OnLine);
        _watch = WatchAsync();
    }

    /// <summary>A client without an account; its credentials live as long as it does.</summary>
    public static BaileysClient Start(SimulatedService service, bool wantsHistory = false) =>
        new(service, Directory.CreateTempSubdirectory("recado-baileys-").FullName, ownsFolder: true, wantsHistory);

    /// <summary>A client that is linked to <paramref name="phone"/> by QR code and logged in.</summary>
    public static async Task<BaileysClient> PairAsync(SimulatedService service, SimulatedPhone phone, CancellationToken ct, bool wantsHistory = false)
    {
        var client = Start(service, wantsHistory);
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
    public BaileysClient Restarted() => new(_service, _folder, ownsFolder: false, _wantsHistory);

    public Task ConnectAsync(CancellationToken ct) => CommandAsync(
        "connect",
        new
        {
            url = _service.WebSocketUrl.ToString(),
            rootKey = Convert.ToHexStringLower(_service.RootKey.Span),
            mediaUrl = _service.MediaUrl.ToString(),
            authDir = _folder,
            wantsHistory = _wantsHistory,
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
    public Task<string> SendTextAsync(string to, string text, CancellationToken ct) => SendAsync(to, new { text }, ct);

    /// <summary>
    /// Sends what Baileys composes from <paramref name="content"/>, which may hold the values of <c>revive</c> in the driver; the answer is
    /// its message id.
    /// </summary>
    public async Task<string> SendAsync(string to, object content, CancellationToken ct, object? options = null) =>
        (await CommandAsync("send", new { to, content, options }, ct)).GetString()!;

    /// <summary>Sends a protobuf that Baileys does not compose; the answer is its message id.</summary>
    public async Task<string> RelayAsync(string to, object message, CancellationToken ct) =>
        (await CommandAsync("relay", new { to, message }, ct)).GetString()!;

    /// <summary>Votes in a poll that it has received.</summary>
    public async Task<string> VoteAsync(string pollId, string[] options, CancellationToken ct) =>
        (await CommandAsync("vote", new { pollId, options }, ct)).GetString()!;

    /// <summary>Answers an event that it has received: <c>GOING</c>, <c>NOT_GOING</c> or <c>MAYBE</c>.</summary>
    public async Task<string> AnswerEventAsync(string eventId, string answer, CancellationToken ct) =>
        (await CommandAsync("answerEvent", new { eventId, answer }, ct)).GetString()!;

    /// <summary>Calls any method of its socket.</summary>
    public Task<JsonElement> CallAsync(string method, CancellationToken ct, params object?[] args) =>
        CommandAsync("call", new { method, args }, ct);

    /// <summary>Fetches and decrypts the file of a message; the answer is its SHA-256 in hex.</summary>
    public async Task<string> DownloadAsync(string messageId, CancellationToken ct) =>
        (await CommandAsync("download", new { messageId }, ct)).GetProperty("sha256").GetString()!;

    /// <summary>Forgets every record of a type, <c>session</c> or <c>sender-key</c>, as a damaged store would.</summary>
    public async Task ForgetAsync(string type, CancellationToken ct) =>
        Assert.NotEqual(0, (await CommandAsync("forget", new { type }, ct)).GetInt32());

    /// <summary>Takes the next event with this name that matches.</summary>
    public Task<JsonElement> TakeAsync(string name, Func<JsonElement, bool>? matches, CancellationToken ct) =>
        _events.TakeAsync(name, e => e.GetProperty("event").ValueEquals(name) && matches?.Invoke(e) != false, ct);

    /// <summary>The event with this name about a message.</summary>
    public Task<JsonElement> TakeAboutAsync(string name, string messageId, CancellationToken ct) =>
        TakeAsync(name, e => e.GetProperty("messageId").ValueEquals(messageId), ct);

    /// <summary>The message with this text.</summary>
    public async Task<BaileysMessage> ReceiveAsync(string text, CancellationToken ct) =>
        BaileysMessage.Read(await TakeAsync("message", e => e.GetProperty("text").ValueEquals(text), ct));

    /// <summary>The message with this id.</summary>
    public async Task<BaileysMessage> ReceiveByIdAsync(string messageId, CancellationToken ct) =>
        BaileysMessage.Read(await TakeAboutAsync("message", messageId, ct));

    /// <summary>Waits until a message it sent has this status: <c>DELIVERY_ACK</c> or <c>READ</c>.</summary>
    public Task StatusAsync(string messageId, string status, CancellationToken ct) =>
        TakeAsync("status", e => e.GetProperty("messageId").ValueEquals(messageId) && e.GetProperty("status").ValueEquals(status), ct);

    /// <summary>Waits until it reports a message as one it cannot decrypt.</summary>
    public Task UndecryptableAsync(string messageId, CancellationToken ct) => TakeAboutAsync("undecryptable", messageId, ct);

    /// <summary>Waits until it says this of somebody's presence: <c>composing</c>, <c>recording</c> or <c>available</c>.</summary>
    public Task PresenceAsync(string state, CancellationToken ct) => TakeAsync(
        "presence.update",
        e => e.GetProperty("data").GetProperty("presences").EnumerateObject().Any(p => p.Value.GetProperty("lastKnownPresence").ValueEquals(state)),
        ct);

    public Task ReadAsync(BaileysMessage message, CancellationToken ct) =>
        CallAsync("readMessages", ct, (object)new[] { BaileysArgument.Key(message.Id) });

    /// <summary>Closes its connection and keeps the pairing.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        await CallAsync("end", ct);
        await ClosedAsync(ct);
    }

    public Task LogoutAsync(CancellationToken ct) => CallAsync("logout", ct);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _watch;
        _turn.Dispose();
        if (_ownsFolder)
            Directory.Delete(_folder, recursive: true);
    }

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

        var answer = await reply.Task.WaitAsync(Limits.Step, ct);
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
