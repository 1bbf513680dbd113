using Microsoft.Extensions.Time.Testing;
using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Noise;

/// <summary>One complete handshake with fixed keys: <c>vectors/noise/noise-handshake.json</c>.</summary>
internal sealed record HandshakeVector(
    string Description,
    HandshakeKeys Keys,
    HandshakeChain CertChain,
    byte[] ClientPayloadPlaintext,
    byte[] IntroHeader,
    HandshakeFrames Messages,
    byte[] FirstWebSocketMessageFromClient,
    RoutedIntro FirstWebSocketMessageWithRoutingInfo,
    byte[] SecondWebSocketMessageFromClient,
    TransportKeys Transport,
    IReadOnlyList<TransportFrame> TransportFrames,
    IReadOnlyList<HandshakeOperation> Steps)
{
    public static HandshakeVector Instance { get; } = VectorFile.Load<HandshakeVector>("noise/noise-handshake.json");

    /// <summary>A clock inside the validity of the vector's certificates.</summary>
    public static TimeProvider Clock { get; } = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Instance.CertChain.NotBefore).AddDays(30));

    public NoiseInitiator CreateInitiator() =>
        new(Keys.ClientNoiseStatic.ToKeyPair(), Keys.ClientEphemeral.ToKeyPair(), new CertificateVerifier(Keys.Root.Pub, Clock));

    public NoiseResponder CreateResponder() =>
        new(Keys.ServerStatic.ToKeyPair(), Keys.ServerEphemeral.ToKeyPair(), CertChain.Bytes);
}

internal sealed record HandshakeKeys(
    VectorKeyPair ClientEphemeral,
    VectorKeyPair ClientNoiseStatic,
    VectorKeyPair ServerEphemeral,
    VectorKeyPair ServerStatic,
    VectorKeyPair Root,
    VectorKeyPair Intermediate);

internal sealed record VectorKeyPair(byte[] Priv, byte[] Pub)
{
    public KeyPair ToKeyPair() => KeyPair.FromPrivateKey(Priv);
}

internal sealed record HandshakeChain(
    byte[] IntermediateDetails, byte[] IntermediateSignature, byte[] LeafDetails, byte[] LeafSignature, byte[] Bytes, long NotBefore, long NotAfter);

internal sealed record HandshakeFrames(byte[] ClientHello, byte[] ServerHello, byte[] ClientFinish);

internal sealed record RoutedIntro(byte[] RoutingInfo, byte[] Bytes);

internal sealed record TransportKeys(byte[] ClientToServerKey, byte[] ServerToClientKey, byte[] FinalHash);

internal sealed record TransportFrame(string Dir, int Counter, byte[] Plaintext, byte[] Frame);

/// <summary>One operation on the symmetric state, and what it leaves behind.</summary>
internal sealed record HandshakeOperation(
    string Op,
    byte[]? Data = null,
    byte[]? Hash = null,
    byte[]? Ck = null,
    byte[]? Key = null,
    byte[]? SharedSecret = null,
    byte[]? Nonce = null,
    byte[]? Aad = null,
    byte[]? Plaintext = null,
    byte[]? Ciphertext = null);
