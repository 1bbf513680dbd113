using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>Our server as its users run it: the program itself, with REST for commands and the WebSocket for events.</summary>
internal sealed partial class RecadoServer : IAsyncDisposable
{
    private const string Token = "a-local-token-of-the-interop-tests";

    private readonly EventLog<JsonElement> _events = new("The server");
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildProcess _process;
    private readonly Task _watch;
    private readonly ClientWebSocket _socket = new();
    private readonly HttpClient _http = new();
    private Task _receiving = Task.CompletedTask;

    private RecadoServer(SimulatedService service, string dataFolder)
    {
        var environment = new Dictionary<string, string?>
        {
            ["SUPABASE_URL"] = null,
            ["ASPNETCORE_ENVIRONMENT"] = null,
            ["NODE_ENV"] = null,
            ["PORT"] = "0",
            ["RECADO_DATA"] = dataFolder,
            ["RECADO_LOCAL_TOKEN"] = Token,
            ["RATE_LIMIT_MAX"] = "1000000",
            ["RATE_LIMIT_USER_MAX"] = "1000000",
            ["SEND_RATE_PER_MINUTE"] = "0",
            ["WHATSAPP_URL"] = service.WebSocketUrl.ToString(),
            ["WHATSAPP_ROOT_KEY"] = Convert.ToHexStringLower(service.RootKey.Span),
            ["WHATSAPP_MEDIA_CA"] = service.MediaAuthorityFile,
        };
        _process = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "recado.dll")], dataFolder, environment, OnLine);
        _watch = WatchAsync();
    }

    /// <summary>Starts the server on a data folder and connects to its WebSocket.</summary>
    public static async Task<RecadoServer> StartAsync(SimulatedService service, string dataFolder, CancellationToken ct)
    {
        var server = new RecadoServer(service, dataFolder);
        try
        {
            var address = await server._address.Task.WaitAsync(Limits.Step, ct);
            server._http.BaseAddress = address;
            server._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            await server._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws", Query = $"token={Token}" }.Uri, ct);
            server._receiving = server.ReceiveAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a session, lets the phone scan its QR code and waits until it is connected. Returns its id.</summary>
    public async Task<string> PairAsync(SimulatedPhone phone, CancellationToken ct)
    {
        var created = await PostAsync("/api/sessions", new { }, ct);
        var session = created.GetProperty("sessionId").GetString()!;
        var qr = await TakeAsync("qr_code", session, null, ct);
        await phone.ScanAsync(qr.GetProperty("code").GetString()!, ct);
        await TakeAsync("session_ready", session, null, ct);
        return session;
    }

    /// <summary>Sends a text; the answer is its message id.</summary>
    public async Task<string> SendTextAsync(string session, string to, string text, CancellationToken ct) =>
        (await PostAsync($"/api/sessions/{session}/messages", new { to, message = text }, ct)).GetProperty("messageId").GetString()!;

    /// <summary>Asks for anything. Fails unless the answer is a good one, which it returns.</summary>
    public async Task<JsonElement> RequestAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await _http.SendAsync(request, ct);
        var answer = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path} was answered by {(int)response.StatusCode}: {answer}");
        return JsonElement.Parse(answer);
    }

    /// <summary>Puts a picture somewhere.</summary>
    public async Task PutPictureAsync(string path, byte[] picture, CancellationToken ct)
    {
        using var body = new ByteArrayContent(picture) { Headers = { ContentType = new("image/png") } };
        using var response = await _http.PutAsync(new Uri(path, UriKind.Relative), body, ct);
        Assert.True(response.IsSuccessStatusCode, $"The picture was answered by {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
    }

    /// <summary>Uploads a file; the answer is its id.</summary>
    public async Task<string> UploadAsync(string session, byte[] file, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "sample" } };
        using var response = await _http.PostAsync(new Uri($"/api/sessions/{session}/media", UriKind.Relative), form, ct);
        var answer = await response.Content.ReadAsStringAsync(ct);
        Assert.True(response.IsSuccessStatusCode, $"The upload was answered by {(int)response.StatusCode}: {answer}");
        return JsonElement.Parse(answer).GetProperty("id").GetString()!;
    }

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken ct) => RequestAsync(HttpMethod.Post, path, body, ct);

    /// <summary>The message with this text.</summary>
    public async Task<ServerMessage> ReceiveAsync(string session, string text, CancellationToken ct)
    {
        var e = await TakeAsync(
            "message_received",
            session,
            e => e.GetProperty("message").GetProperty("content").TryGetProperty("text", out var t) && t.ValueEquals(text),
            ct);
        var message = e.GetProperty("message");
        return new ServerMessage(message.GetProperty("messageId").GetString()!, message.GetProperty("phoneNumber").GetString());
    }

    /// <summary>The <c>message</c> with this id, out of the event of this type that tells of it.</summary>
    public async Task<JsonElement> MessageAsync(string session, string type, string messageId, CancellationToken ct) =>
        (await TakeAsync(type, session, e => e.GetProperty("message").GetProperty("messageId").ValueEquals(messageId), ct)).GetProperty("message");

    /// <summary>Waits until the server has fetched the file of a message, and downloads it; the answer is its SHA-256 in hex.</summary>
    public async Task<string> DownloadAsync(string session, string messageId, CancellationToken ct)
    {
        var e = await TakeAsync("media_status", session, e => e.GetProperty("messageId").ValueEquals(messageId), ct);
        var media = e.GetProperty("media");
        Assert.True(media.GetProperty("status").ValueEquals("stored"), e.ToString());
        await using var file = await _http.GetStreamAsync(new Uri($"/api/media/{media.GetProperty("id")}", UriKind.Relative), ct);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    /// <summary>Waits until a message it sent has this status.</summary>
    public Task StatusAsync(string session, string messageId, string status, CancellationToken ct) => TakeAsync(
        "message_status",
        session,
        e => e.GetProperty("messageId").ValueEquals(messageId) && e.GetProperty("status").ValueEquals(status),
        ct);

    /// <summary>Waits until the session is in this state.</summary>
    public async Task StateAsync(string session, string state, CancellationToken ct)
    {
        var row = await _http.GetFromJsonAsync<JsonElement>(new Uri($"/api/sessions/{session}/status", UriKind.Relative), ct);
        if (!row.GetProperty("status").ValueEquals(state))
            await TakeAsync("status_update", session, e => e.GetProperty("status").ValueEquals(state), ct);
    }

    /// <summary>Takes the next event of a type that matches.</summary>
    public Task<JsonElement> TakeAsync(string type, string session, Func<JsonElement, bool>? matches, CancellationToken ct) =>
        _events.TakeAsync(
            type,
            e => e.GetProperty("type").ValueEquals(type) && e.GetProperty("sessionId").ValueEquals(session) && matches?.Invoke(e) != false,
            ct);

    /// <summary>Ends the program without a warning, as a power cut would.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        await _watch;
        await _receiving;
        _socket.Dispose();
        _http.Dispose();
    }

    private void OnLine(string line)
    {
        if (ConsoleAddress().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Value));
    }

    private async Task WatchAsync()
    {
        await _process.Ended;
        _address.TrySetException(new InvalidOperationException($"The server ended without an address.\n{_process.Tail}"));
        _events.End($"its process ended\n{_process.Tail}");
    }

    private async Task ReceiveAsync()
    {
        try
        {
            using var message = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    break;

                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;

                _events.Add(JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length)));
                message.SetLength(0);
            }

            _events.End("it closed the WebSocket");
        }
        catch (WebSocketException e)
        {
            _events.End($"the WebSocket broke: {e.Message}");
        }
    }

    [GeneratedRegex("http://[^/\\s]+:\\d+", RegexOptions.None, 1000)]
    private static partial Regex ConsoleAddress();
}

/// <summary>A message as the server tells its users.</summary>
internal sealed record ServerMessage(string Id, string? PhoneNumber);
