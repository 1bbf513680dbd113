using System.Buffers;
using Recado.Client.Transport;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;

namespace Recado.Client.Connection;

/// <summary>An encrypted stream of nodes to the service. Any number of senders, one reader.</summary>
internal sealed class NoiseConnection : IDisposable
{
    private readonly WebSocketTransport _transport;
    private readonly NoiseTransport _noise;
    private readonly SemaphoreSlim _sending = new(1, 1);

    private NoiseConnection(WebSocketTransport transport, NoiseTransport noise) => (_transport, _noise) = (transport, noise);

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="options">Where to, and how long to wait.</param>
    /// <param name="noiseKey">The device's static key.</param>
    /// <param name="routingInfo">What the service asked to be told on the next connection; empty for nothing.</param>
    /// <param name="payload">The encoded client payload: who we are.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConnectionException">The network failed, or the service said nothing.</exception>
    /// <exception cref="Protocol.ProtocolException">The service broke the protocol or could not prove itself.</exception>
    public static async Task<NoiseConnection> OpenAsync(
        ClientOptions options,
        KeyPair noiseKey,
        ReadOnlyMemory<byte> routingInfo,
        ReadOnlyMemory<byte> payload,
        CancellationToken ct)
    {
        var transport = await WebSocketTransport.ConnectAsync(options, ct).ConfigureAwait(false);
        try
        {
            using var handshake = new NoiseInitiator(
                noiseKey,
                KeyPair.Generate(options.Random),
                new CertificateVerifier(options.RootKey, options.Time));
            byte[] opening = [.. IntroHeader.Encode(routingInfo.Span), .. FrameEncoder.Encode(handshake.WriteClientHello())];
            await transport.SendAsync(opening, ct).ConfigureAwait(false);

            var serverHello = await ReadServerHelloAsync(transport, options, ct).ConfigureAwait(false);
            var finish = handshake.ReadServerHello(serverHello.Span, payload.Span);
            var connection = new NoiseConnection(transport, handshake.Split());
            await transport.SendAsync(FrameEncoder.Encode(finish), ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>The next node; null when the service closed the connection.</summary>
    public async ValueTask<Node?> ReadAsync(CancellationToken ct) =>
        await _transport.ReadFrameAsync(ct).ConfigureAwait(false) is { } frame ? NodeCodec.Decode(_noise.Decrypt(frame.Span)) : null;

    /// <summary>Sends encoded stanzas in this order, in one WebSocket message.</summary>
    /// <param name="packets">Encoded nodes.</param>
    /// <param name="waiting">Ends the wait for other senders. The sending itself cannot be called off: half a frame would end the
    /// connection.</param>
    /// <param name="lifetime">The connection's own life.</param>
    public async ValueTask SendAsync(IReadOnlyList<byte[]> packets, CancellationToken waiting, CancellationToken lifetime)
    {
        await _sending.WaitAsync(waiting).ConfigureAwait(false);
        try
        {
            var frames = new ArrayBufferWriter<byte>(packets.Sum(packet => packet.Length + 32));
            foreach (var packet in packets)
                FrameEncoder.Write(frames, _noise.Encrypt(packet));

            await _transport.SendAsync(frames.WrittenMemory, lifetime).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Ends our direction of the connection; what the service still sends can be read.</summary>
    public async ValueTask CloseAsync(CancellationToken ct)
    {
        try
        {
            await _sending.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                await _transport.CloseAsync(ct).ConfigureAwait(false);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // A sender hangs; there is nobody to say goodbye to.
        }
    }

    /// <summary>Frees the socket; whoever still waits to send is told so.</summary>
    public void Dispose()
    {
        _transport.Dispose();
        _noise.Dispose();
    }

    private static async Task<ReadOnlyMemory<byte>> ReadServerHelloAsync(
        WebSocketTransport transport,
        ClientOptions options,
        CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.HandshakeTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await transport.ReadFrameAsync(either.Token).ConfigureAwait(false)
                ?? throw new ConnectionException("WhatsApp closed the connection during the handshake.");
        }
        catch (OperationCanceledException cause) when (!ct.IsCancellationRequested)
        {
            throw new ConnectionException(
                $"WhatsApp did not answer the handshake within {options.HandshakeTimeout.TotalSeconds:0} s.",
                cause);
        }
    }
}
