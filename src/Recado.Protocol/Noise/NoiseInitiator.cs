using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Noise;

/// <summary>
/// The client's side of the Noise XX handshake (Noise §7.5). Call in order: <see cref="WriteClientHello"/>,
/// <see cref="ReadServerHello"/>, <see cref="Split"/>. Messages are frame bodies. One owner; not thread-safe.
/// <code>
/// → e     ← e, ee, s, es, certificate chain     → s, se, payload
/// </code>
/// </summary>
/// <param name="staticKey">The device's Noise key, created with its credentials and kept.</param>
/// <param name="ephemeralKey">A fresh key for this connection alone.</param>
/// <param name="verifier">Decides whether the server may call itself WhatsApp.</param>
public sealed class NoiseInitiator(KeyPair staticKey, KeyPair ephemeralKey, CertificateVerifier verifier) : IDisposable
{
    private readonly SymmetricState _state = new(prologue: IntroHeader.Magic);
    private HandshakeStep _step;

    /// <summary>The first message: our ephemeral key.</summary>
    public byte[] WriteClientHello()
    {
        _step.Enter(HandshakeStep.Fresh);
        _state.MixHash(ephemeralKey.PublicKey);
        var hello = new HandshakeMessage { ClientHello = new() { Ephemeral = ByteString.CopyFrom(ephemeralKey.PublicKey) } };

        _step = HandshakeStep.HelloSent;
        return hello.ToByteArray();
    }

    /// <summary>Reads the server's answer, verifies its certificate, and makes the last message, which carries <paramref name="clientPayload"/>.</summary>
    /// <exception cref="ProtocolException">
    /// The answer is malformed, was tampered with, or its certificate is refused
    /// (<see cref="ProtocolError.MalformedHandshake"/>, <see cref="ProtocolError.Tampered"/>, <see cref="ProtocolError.InvalidKey"/>,
    /// <see cref="ProtocolError.CertificateRejected"/>). The handshake is over; nothing secret was sent.
    /// </exception>
    public byte[] ReadServerHello(ReadOnlySpan<byte> message, ReadOnlySpan<byte> clientPayload)
    {
        _step.Enter(HandshakeStep.HelloSent);
        var hello = HandshakeMessages.ParseServerHello(message);
        var serverEphemeral = hello.Ephemeral.Span;

        _state.MixHash(serverEphemeral);
        _state.MixKey(X25519.Agree(ephemeralKey.PrivateKey, serverEphemeral));
        var serverStatic = HandshakeMessages.RequireStaticKey(_state.DecryptAndHash(hello.Static.Span));
        _state.MixKey(X25519.Agree(ephemeralKey.PrivateKey, serverStatic));
        verifier.Verify(_state.DecryptAndHash(hello.Payload.Span), serverStatic);

        // Still under the key of "es", whose counter the chain has moved to 1.
        var encryptedStatic = _state.EncryptAndHash(staticKey.PublicKey);
        _state.MixKey(X25519.Agree(staticKey.PrivateKey, serverEphemeral));
        var finish = new HandshakeMessage
        {
            ClientFinish = new()
            {
                Static = UnsafeByteOperations.UnsafeWrap(encryptedStatic),
                Payload = UnsafeByteOperations.UnsafeWrap(_state.EncryptAndHash(clientPayload)),
            },
        };

        _step = HandshakeStep.Finished;
        return finish.ToByteArray();
    }

    /// <summary>The ciphers for everything that follows. To be called once; the caller disposes them.</summary>
    public NoiseTransport Split()
    {
        _step.Enter(HandshakeStep.Finished);
        var (toServer, toClient) = _state.Split();

        _step = HandshakeStep.Split;
        return new NoiseTransport(send: toServer, receive: toClient);
    }

    /// <summary>Releases the handshake's keys.</summary>
    public void Dispose() => _state.Dispose();
}
