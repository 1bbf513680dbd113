using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recado.Server.Tests;

/// <summary>A WebSocket client that speaks JSON and never waits for ever.</summary>
internal sealed class TestSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    private TestSocket()
    {
    }

    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>What the server closed with.</summary>
    public int CloseCode => (int)_socket.CloseStatus!.Value;

    public static Task<TestSocket> OpenAsync(TestServer server, string? token, string path = "/ws", Action<ClientWebSocketOptions>? configure = null) =>
        OpenAsync(new Uri(server.Url, token is null ? path : $"{path}?token={Uri.EscapeDataString(token)}"), configure);

    /// <summary>Opens a socket and reads the rows it begins with.</summary>
    public static async Task<TestSocket> OpenReadyAsync(TestServer server, string token)
    {
        var socket = await OpenAsync(server, token);
        await socket.NextAsync("sessions_update");
        return socket;
    }

    public static async Task<TestSocket> OpenAsync(Uri address, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new TestSocket();
        configure?.Invoke(socket._socket.Options);
        using var patience = Timer();
        await socket._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, patience.Token);
        return socket;
    }

    public Task SendAsync(JsonObject command) => SendAsync(command.ToJsonString());

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type)
    {
        using var patience = Timer();
        await _socket.SendAsync(bytes, type, endOfMessage: true, patience.Token);
    }

    /// <summary>The next frame, which must be of that type.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        var frame = await NextAsync() ?? throw new InvalidOperationException($"Closed with {_socket.CloseStatus} instead of sending '{type}'.");
        Assert.Equal(type, frame.GetProperty("type").GetString());
        return frame;
    }

    /// <summary>The first frame of that type, whatever comes before it.</summary>
    public async Task<JsonElement> UntilAsync(string type)
    {
        while (true)
        {
            var frame = await NextAsync() ?? throw new InvalidOperationException($"Closed with {_socket.CloseStatus} before '{type}'.");
            if (frame.GetProperty("type").GetString() == type)
                return frame;
        }
    }

    /// <summary>The next frame, or null when the server closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        using var patience = Timer();
        using var text = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                if (_socket.State == WebSocketState.CloseReceived)
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
                return null;
            }

            text.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonElement.Parse(text.ToArray());
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>What the server closed with.</returns>
    public async Task<int> CloseCodeAsync()
    {
        while (await NextAsync() is not null)
        {
        }

        return CloseCode;
    }

    public async Task<JsonElement> AskAsync(JsonObject command, string answer)
    {
        await SendAsync(command);
        return await UntilAsync(answer);
    }

    public Task<JsonElement> PingAsync() => AskAsync(new JsonObject { ["type"] = "ping" }, "pong");

    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource Timer()
    {
        var timer = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timer.CancelAfter(Patience);
        return timer;
    }
}
