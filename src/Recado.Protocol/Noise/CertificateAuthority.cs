using System.Buffers.Binary;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Details = Recado.Protocol.Proto.CertChain.Types.NoiseCertificate.Types.Details;
using NoiseCertificate = Recado.Protocol.Proto.CertChain.Types.NoiseCertificate;

namespace Recado.Protocol.Noise;

/// <summary>
/// A root and an intermediate of one's own, for a service that is not WhatsApp: a simulator, a test. Clients trust it when they are given
/// <see cref="RootPublicKey"/>. Thread-safe.
/// </summary>
public sealed class CertificateAuthority
{
    private const uint RootSerial = 0, IntermediateSerial = 1, LeafSerial = 2;
    private const int StateLength = 2 * X25519.KeyLength + 2 * sizeof(long);

    private readonly KeyPair _root;
    private readonly KeyPair _intermediate;
    private readonly long _notBefore; // Unix seconds
    private readonly long _notAfter;

    private CertificateAuthority(KeyPair root, KeyPair intermediate, long notBefore, long notAfter) =>
        (_root, _intermediate, _notBefore, _notAfter) = (root, intermediate, notBefore, notAfter);

    /// <summary>The key clients must trust, 32 bytes.</summary>
    public ReadOnlyMemory<byte> RootPublicKey => _root.PublicKey;

    /// <summary>Creates an authority whose certificates are valid from <paramref name="notBefore"/> to <paramref name="notAfter"/>, to the second.</summary>
    public static CertificateAuthority Create(IRandomSource random, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(notBefore, DateTimeOffset.UnixEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(notAfter, notBefore);
        return new(KeyPair.Generate(random), KeyPair.Generate(random), notBefore.ToUnixTimeSeconds(), notAfter.ToUnixTimeSeconds());
    }

    /// <summary>Restores an authority from what <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">The bytes have another length.</exception>
    public static CertificateAuthority Import(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateLength)
            throw new FormatException($"The state of a certificate authority has {StateLength} bytes, not {state.Length}.");

        var window = state[(2 * X25519.KeyLength)..];
        return new(
            KeyPair.FromPrivateKey(state[..X25519.KeyLength]),
            KeyPair.FromPrivateKey(state.Slice(X25519.KeyLength, X25519.KeyLength)),
            BinaryPrimitives.ReadInt64BigEndian(window),
            BinaryPrimitives.ReadInt64BigEndian(window[sizeof(long)..]));
    }

    /// <summary>Both private keys and the validity, to be kept as a secret: <c>root(32) ‖ intermediate(32) ‖ not before(8) ‖ not after(8)</c>.</summary>
    public byte[] Export()
    {
        var state = new byte[StateLength];
        _root.PrivateKey.CopyTo(state, 0);
        _intermediate.PrivateKey.CopyTo(state, X25519.KeyLength);
        BinaryPrimitives.WriteInt64BigEndian(state.AsSpan(2 * X25519.KeyLength), _notBefore);
        BinaryPrimitives.WriteInt64BigEndian(state.AsSpan(2 * X25519.KeyLength + sizeof(long)), _notAfter);
        return state;
    }

    /// <summary>Certifies a server's static key: the serialised chain that goes into the handshake.</summary>
    public byte[] IssueChain(ReadOnlySpan<byte> serverStaticKey, IRandomSource random)
    {
        if (serverStaticKey.Length != X25519.KeyLength)
            throw new ArgumentException($"A static key has {X25519.KeyLength} bytes, not {serverStaticKey.Length}.", nameof(serverStaticKey));

        return new CertChain
        {
            Intermediate = Sign(_root, Describe(IntermediateSerial, RootSerial, _intermediate.PublicKey), random),
            Leaf = Sign(_intermediate, Describe(LeafSerial, IntermediateSerial, serverStaticKey), random),
        }.ToByteArray();
    }

    // The issuer's 0 must be on the wire: some clients take an absent number for a wrong one.
    private Details Describe(uint serial, uint issuerSerial, ReadOnlySpan<byte> key) => new()
    {
        Serial = serial,
        IssuerSerial = issuerSerial,
        Key = ByteString.CopyFrom(key),
        NotBefore = (ulong)_notBefore,
        NotAfter = (ulong)_notAfter,
    };

    private static NoiseCertificate Sign(KeyPair issuer, Details details, IRandomSource random)
    {
        var bytes = details.ToByteArray();
        return new NoiseCertificate
        {
            Details = UnsafeByteOperations.UnsafeWrap(bytes),
            Signature = UnsafeByteOperations.UnsafeWrap(XEdDsa.Sign(issuer.PrivateKey, bytes, random)),
        };
    }
}
