using System.Net;
using System.Net.WebSockets;
using Recado.Protocol.Framing;

namespace Recado.Client.Transport;

/// <summary>Moves frames over one WebSocket. One reader and one writer at a time.</summary>
internal sealed class WebSocketTransport : IDisposable
{
    private const int ReadSize = 4096;

    // Upgraded connections leave the handler's pool, so all sessions without a proxy can share one.
    private static readonly HttpMessageInvoker Direct = new(NewHandler(proxy: null), disposeHandler: false);

    private readonly ClientWebSocket _socket;
    private readonly HttpMessageInvoker? _ownInvoker;
    private readonly FrameDecoder _frames = new();
    private readonly byte[] _buffer = new byte[ReadSize];

    private WebSocketTransport(ClientWebSocket socket, HttpMessageInvoker? ownInvoker) => (_socket, _ownInvoker) = (socket, ownInvoker);

    /// <summary>Opens the WebSocket, through the proxy if there is one.</summary>
    /// <exception cref="ConnectionException">The endpoint cannot be reached, refused the upgrade, or took too long.</exception>
    public static async Task<WebSocketTransport> ConnectAsync(ClientOptions options, CancellationToken ct)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://web.whatsapp.com");
        socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan; // the protocol has its own keep-alive
        var ownInvoker = options.Proxy is { } proxy ? new HttpMessageInvoker(NewHandler(proxy)) : null;
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            await socket.ConnectAsync(options.Endpoint, ownInvoker ?? Direct, either.Token).ConfigureAwait(false);
            return new(socket, ownInvoker);
        }
        catch (Exception cause) when (cause is WebSocketException or HttpRequestException or OperationCanceledException or IOException)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            ownInvoker?.Dispose();
            ct.ThrowIfCancellationRequested();
            throw new ConnectionException(
                limit.IsCancellationRequested
                        ? $"{options.Endpoint.Host} did not accept a connection within {options.ConnectTimeout.TotalSeconds:0} s."
                    : status is not 0 and not 101 ? $"{options.Endpoint.Host} answered the WebSocket request with HTTP status {status}."
                    : $"{options.Endpoint.Host} cannot be reached: {cause.GetBaseException().Message}",
                cause);
        }
    }

    /// <summary>The next frame's body, valid until the next call; null when the other side closed.</summary>
    /// <exception cref="ConnectionException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadFrameAsync(CancellationToken ct)
    {
        while (true)
        {
            if (_frames.TryRead(out var frame))
                return frame;

            try
            {
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(), ct).ConfigureAwait(false);
                if (received.MessageType == WebSocketMessageType.Close)
                    return null;
                if (received.MessageType == WebSocketMessageType.Binary) // text carries nothing in this protocol
                    _frames.Append(_buffer.AsSpan(0, received.Count));
            }
            catch (Exception cause) when (cause is WebSocketException or IOException or ObjectDisposedException)
            {
                throw Broken(cause);
            }
        }
    }

    /// <summary>Sends bytes that are frames already.</summary>
    /// <exception cref="ConnectionException">The connection broke.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> frames, CancellationToken ct)
    {
        try
        {
            await _socket.SendAsync(frames, WebSocketMessageType.Binary, endOfMessage: true, ct).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw Broken(cause);
        }
    }

    /// <summary>Says goodbye if the other side still listens.</summary>
    public async ValueTask CloseAsync(CancellationToken ct)
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, ct).ConfigureAwait(false);
        }
        catch (Exception cause)
            when (cause
                    is WebSocketException
                        or IOException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or InvalidOperationException)
        {
            // The connection is gone already, which is what was wanted.
        }
    }

    /// <summary>Frees the socket.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _ownInvoker?.Dispose();
    }

    private static ConnectionException Broken(Exception cause) => new($"The connection broke: {cause.GetBaseException().Message}", cause);

    private static SocketsHttpHandler NewHandler(IWebProxy? proxy) =>
        new()
        {
            Proxy = proxy,
            UseProxy = proxy is not null,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
}
