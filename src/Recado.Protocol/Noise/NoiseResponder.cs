using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Noise;

/// <summary>
/// The service's side of the Noise XX handshake (Noise §7.5). Call in order: <see cref="ReadClientHello"/>,
/// <see cref="ReadClientFinish"/>, <see cref="Split"/>. Messages are frame bodies. One owner; not thread-safe.
/// </summary>
/// <param name="staticKey">The server's key, the one its certificate names.</param>
/// <param name="ephemeralKey">A fresh key for this connection alone.</param>
/// <param name="certificateChain">What <see cref="CertificateAuthority.IssueChain"/> made for <paramref name="staticKey"/>.</param>
public sealed class NoiseResponder(KeyPair staticKey, KeyPair ephemeralKey, byte[] certificateChain) : IDisposable
{
    private readonly SymmetricState _state = new(prologue: IntroHeader.Magic);
    private HandshakeStep _step;

    /// <summary>Reads the client's first message and makes the answer.</summary>
    /// <exception cref="ProtocolException">The message is malformed, or its key unusable.</exception>
    public byte[] ReadClientHello(ReadOnlySpan<byte> message)
    {
        _step.Enter(HandshakeStep.Fresh);
        var clientEphemeral = HandshakeMessages.ParseClientHello(message).Ephemeral.Span;

        _state.MixHash(clientEphemeral);
        _state.MixHash(ephemeralKey.PublicKey);
        _state.MixKey(X25519.Agree(ephemeralKey.PrivateKey, clientEphemeral));
        var encryptedStatic = _state.EncryptAndHash(staticKey.PublicKey);
        _state.MixKey(X25519.Agree(staticKey.PrivateKey, clientEphemeral));
        var hello = new HandshakeMessage
        {
            ServerHello = new()
            {
                Ephemeral = ByteString.CopyFrom(ephemeralKey.PublicKey),
                Static = UnsafeByteOperations.UnsafeWrap(encryptedStatic),
                Payload = UnsafeByteOperations.UnsafeWrap(_state.EncryptAndHash(certificateChain)),
            },
        };

        _step = HandshakeStep.HelloSent;
        return hello.ToByteArray();
    }

    /// <summary>Reads the client's last message: who it is and what it wants.</summary>
    /// <exception cref="ProtocolException">The message is malformed or was tampered with, or its key is unusable.</exception>
    public ClientFinish ReadClientFinish(ReadOnlySpan<byte> message)
    {
        _step.Enter(HandshakeStep.HelloSent);
        var finish = HandshakeMessages.ParseClientFinish(message);

        var clientStatic = HandshakeMessages.RequireStaticKey(_state.DecryptAndHash(finish.Static.Span));
        _state.MixKey(X25519.Agree(ephemeralKey.PrivateKey, clientStatic));
        var payload = _state.DecryptAndHash(finish.Payload.Span);

        _step = HandshakeStep.Finished;
        return new ClientFinish(clientStatic, payload);
    }

    /// <summary>The ciphers for everything that follows. To be called once; the caller disposes them.</summary>
    public NoiseTransport Split()
    {
        _step.Enter(HandshakeStep.Finished);
        var (toServer, toClient) = _state.Split();

        _step = HandshakeStep.Split;
        return new NoiseTransport(send: toClient, receive: toServer);
    }

    /// <summary>Releases the handshake's keys.</summary>
    public void Dispose() => _state.Dispose();
}
