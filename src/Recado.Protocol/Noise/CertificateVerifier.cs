using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Details = Recado.Protocol.Proto.CertChain.Types.NoiseCertificate.Types.Details;
using NoiseCertificate = Recado.Protocol.Proto.CertChain.Types.NoiseCertificate;

namespace Recado.Protocol.Noise;

/// <summary>
/// Checks that a key the server proved to own is the one WhatsApp certified: a root signs an intermediate, the intermediate signs the
/// leaf, the leaf names the key, and both are valid now. Thread-safe.
/// </summary>
/// <param name="rootPublicKey">The root's key, 32 bytes: <see cref="WhatsAppRoot"/>, or a simulator's.</param>
/// <param name="time">The clock validity is judged by.</param>
public sealed class CertificateVerifier(ReadOnlyMemory<byte> rootPublicKey, TimeProvider time)
{
    private const uint RootSerial = 0;

    /// <summary>The root of the real service.</summary>
    public static ReadOnlyMemory<byte> WhatsAppRoot { get; } =
        Convert.FromHexString("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b");

    private readonly byte[] _root = rootPublicKey.Length == X25519.KeyLength
        ? rootPublicKey.ToArray()
        : throw new ArgumentException($"A root key has {X25519.KeyLength} bytes, not {rootPublicKey.Length}.", nameof(rootPublicKey));

    /// <summary>Returns when the chain proves <paramref name="serverStatic"/>.</summary>
    /// <exception cref="ProtocolException">It does not (<see cref="ProtocolError.CertificateRejected"/>); the message says why.</exception>
    public void Verify(ReadOnlySpan<byte> certificateChain, ReadOnlySpan<byte> serverStatic)
    {
        var chain = Parse(CertChain.Parser, certificateChain, "chain");
        var intermediate = Open(chain.Intermediate, "intermediate", _root, "the root");
        var leaf = Open(chain.Leaf, "leaf", intermediate.Key.Span, "the intermediate");

        // An absent number reads as 0, the root's serial.
        if (intermediate.IssuerSerial != RootSerial)
            throw ProtocolException.CertificateRejected($"the intermediate names issuer {intermediate.IssuerSerial}, but the root is {RootSerial}.");
        if (leaf.IssuerSerial != intermediate.Serial)
            throw ProtocolException.CertificateRejected($"the leaf names issuer {leaf.IssuerSerial}, but the intermediate is {intermediate.Serial}.");
        if (!CryptographicOperations.FixedTimeEquals(leaf.Key.Span, serverStatic))
            throw ProtocolException.CertificateRejected("the leaf certifies another key than the one the server uses.");

        RequireValidNow(intermediate, "intermediate");
        RequireValidNow(leaf, "leaf");
    }

    /// <summary>Checks one certificate's shape and signature, and reads it. The signature covers the bytes as they are.</summary>
    private static Details Open(NoiseCertificate? certificate, string name, ReadOnlySpan<byte> issuerKey, string issuer)
    {
        if (certificate is not { HasDetails: true, HasSignature: true })
            throw ProtocolException.CertificateRejected($"the {name} certificate, or a part of it, is missing.");
        if (certificate.Signature.Length != XEdDsa.SignatureLength)
            throw ProtocolException.CertificateRejected($"the {name}'s signature has {certificate.Signature.Length} bytes instead of {XEdDsa.SignatureLength}.");
        if (!XEdDsa.Verify(issuerKey, certificate.Details.Span, certificate.Signature.Span))
            throw ProtocolException.CertificateRejected($"the {name} was not signed by {issuer}.");

        var details = Parse(Details.Parser, certificate.Details.Span, name);
        return details.Key.Length == X25519.KeyLength
            ? details
            : throw ProtocolException.CertificateRejected($"the {name}'s key has {details.Key.Length} bytes instead of {X25519.KeyLength}.");
    }

    private void RequireValidNow(Details certificate, string name)
    {
        var now = (ulong)Math.Max(0, time.GetUtcNow().ToUnixTimeSeconds());
        if (now < certificate.NotBefore)
            throw ProtocolException.CertificateRejected($"the {name} is valid from {Date(certificate.NotBefore)} on; it is {Date(now)}. Check this machine's clock.");
        if (now > certificate.NotAfter)
            throw ProtocolException.CertificateRejected($"the {name} expired on {Date(certificate.NotAfter)}; it is {Date(now)}. Check this machine's clock.");
    }

    private static string Date(ulong unixSeconds) =>
        unixSeconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)unixSeconds).ToString("u")
            : $"second {unixSeconds}";

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, string name)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw ProtocolException.CertificateRejected($"the {name} does not parse.", e);
        }
    }
}
