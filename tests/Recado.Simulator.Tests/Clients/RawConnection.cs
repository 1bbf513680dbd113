using System.Net.WebSockets;
using System.Threading.Channels;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;
using Recado.Protocol.Pairing;

namespace Recado.Simulator.Tests.Clients;

/// <summary>A connection that does what a test tells it and nothing more: handshake, then nodes in and out.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly NoiseTransport _transport;
    private readonly FrameDecoder _frames;
    private readonly Channel<Node> _received = Channel.CreateBounded<Node>(10_000);
    private readonly List<Node> _passedOver = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;
    private int _requests;
    private bool _disposed;

    private RawConnection(ClientWebSocket socket, NoiseTransport transport, FrameDecoder frames)
    {
        (_socket, _transport, _frames) = (socket, transport, frames);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Connects with a registration, or with a login when the device is paired.</summary>
    public static async Task<RawConnection> OpenAsync(SimulatedService service, RawDevice device, CancellationToken ct, byte[]? payload = null)
    {
        payload ??= device.Account.Length == 0
            ? ClientPayloads.Registration(RawDevice.Profile, RawDevice.Version, device.Identity, device.SignedPreKey)
            : ClientPayloads.Login(RawDevice.Profile, RawDevice.Version, device.Jid);

        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://web.whatsapp.com");
        await socket.ConnectAsync(service.WebSocketUrl, ct);

        var verifier = new CertificateVerifier(service.RootKey, TimeProvider.System);
        using var handshake = new NoiseInitiator(device.NoiseKey, KeyPair.Generate(RawDevice.Random), verifier);
        await socket.SendAsync((byte[])[.. IntroHeader.Encode(), .. FrameEncoder.Encode(handshake.WriteClientHello())], WebSocketMessageType.Binary, true, ct);

        var frames = new FrameDecoder();
        ReadOnlyMemory<byte> hello;
        while (!frames.TryRead(out hello))
        {
            frames.Append(await ReceiveAsync(socket, ct));
        }

        await socket.SendAsync(FrameEncoder.Encode(handshake.ReadServerHello(hello.Span, payload)), WebSocketMessageType.Binary, true, ct);
        return new RawConnection(socket, handshake.Split(), frames);
    }

    public Task SendAsync(Node node) => SendPacketAsync(NodeCodec.Encode(node));

    /// <summary>Sends a packet: a flag byte and a node, or what a test makes of it.</summary>
    public async Task SendPacketAsync(byte[] packet) =>
        await _socket.SendAsync(FrameEncoder.Encode(_transport.Encrypt(packet)), WebSocketMessageType.Binary, true, _closing.Token);

    public async Task SendTextMessageAsync() => await _socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, _closing.Token);

    /// <summary>The next stanza that matches; the others stay for later.</summary>
    public async Task<Node> ReceiveAsync(Func<Node, bool> match)
    {
        if (_passedOver.FirstOrDefault(match) is { } earlier)
        {
            _passedOver.Remove(earlier);
            return earlier;
        }

        await foreach (var node in _received.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (match(node))
                return node;

            _passedOver.Add(node);
        }

        throw new InvalidOperationException($"The connection has ended; it had brought {string.Join(" ", _passedOver)}.");
    }

    public Task<Node> ReceiveAsync(string tag) => ReceiveAsync(n => n.Tag == tag);

    /// <summary>Sends a request under a fresh id and waits for the answer.</summary>
    public Task<Node> RequestAsync(string type, string xmlns, params Node[] children) => RequestAsync(
        id => new Node("iq", [("id", id), ("to", Protocol.Jid.Service), ("type", type), ("xmlns", xmlns)], children));

    /// <inheritdoc cref="RequestAsync(string, string, Node[])"/>
    public async Task<Node> RequestAsync(Func<string, Node> request)
    {
        var id = $"1.1-{++_requests}";
        await SendAsync(request(id));
        return await ReceiveAsync(n => n.Tag == "iq" && n["id"] == id);
    }

    /// <summary>Waits until the service has ended the connection.</summary>
    public async Task EndAsync() => await _reading.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        await _closing.CancelAsync();
        _socket.Abort();
        await _reading;
        _transport.Dispose();
        _socket.Dispose();
        _closing.Dispose();
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), ct);
        return received.MessageType == WebSocketMessageType.Close ? throw new WebSocketException("closed") : buffer[..received.Count];
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                while (_frames.TryRead(out var frame))
                {
                    await _received.Writer.WriteAsync(NodeCodec.Decode(_transport.Decrypt(frame.Span)), _closing.Token);
                }

                _frames.Append(await ReceiveAsync(_socket, _closing.Token));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _received.Writer.TryComplete();
        }
    }
}
