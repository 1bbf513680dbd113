using System.Security.Cryptography;

namespace Recado.Protocol.Crypto;

/// <summary>
/// Signatures with Curve25519 keys, after the XEdDSA specification with the one change WhatsApp and libsignal make:
/// the private scalar is never negated; the sign of the Edwards key travels in the highest bit of the signature instead.
/// Thread-safe.
/// </summary>
public static class XEdDsa
{
    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureLength = 64;

    private const int KeyLength = X25519.KeyLength;
    private const int NonceLength = 64;
    private const byte SignBit = 0x80;

    /// <summary>Signs <paramref name="message"/>; draws exactly 64 bytes from <paramref name="random"/>.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message, IRandomSource random)
    {
        X25519.RequirePrivateKey(privateKey);
        ArgumentNullException.ThrowIfNull(random);

        Span<byte> a = stackalloc byte[KeyLength];
        Span<byte> r = stackalloc byte[KeyLength];
        Span<byte> h = stackalloc byte[KeyLength];
        Span<byte> z = stackalloc byte[NonceLength];
        Span<byte> edwardsKey = stackalloc byte[KeyLength];
        var signature = new byte[SignatureLength];
        try
        {
            privateKey.CopyTo(a);
            X25519.Clamp(a);
            random.Fill(z);
            _ = Sodium.EdwardsScalarMultBase(edwardsKey, a); // fails for a zero scalar only, and a is clamped

            // r = SHA-512(FE FF×31 ‖ a ‖ message ‖ z) mod L; the prefix keeps this hash apart from the next one
            Span<byte> prefix = stackalloc byte[KeyLength];
            prefix.Fill(0xFF);
            prefix[0] = 0xFE;
            HashToScalar(r, prefix, a, message, z);

            // R = r·B; h = SHA-512(R ‖ A ‖ message) mod L; S = r + h·a mod L
            var pointR = signature.AsSpan(0, KeyLength);
            var scalarS = signature.AsSpan(KeyLength);
            if (Sodium.EdwardsScalarMultBase(pointR, r) != 0)
                throw new CryptographicException("The nonce of a signature came out as zero.");
            HashToScalar(h, pointR, edwardsKey, message, []);
            Sodium.ScalarMultiply(h, h, a);
            Sodium.ScalarAdd(scalarS, r, h);

            signature[^1] |= (byte)(edwardsKey[^1] & SignBit);
            return signature;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(a);
            CryptographicOperations.ZeroMemory(r);
            CryptographicOperations.ZeroMemory(z);
        }
    }

    /// <summary>Whether the owner of <paramref name="publicKey"/> signed <paramref name="message"/>. Keys and signatures of a wrong length do not verify.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyLength || signature.Length != SignatureLength)
            return false;

        Span<byte> edwardsKey = stackalloc byte[KeyLength];
        Span<byte> plain = stackalloc byte[SignatureLength];
        ToEdwards(publicKey, edwardsKey);
        edwardsKey[^1] |= (byte)(signature[^1] & SignBit);
        signature.CopyTo(plain);
        plain[^1] &= unchecked((byte)~SignBit);

        return Sodium.VerifyDetached(plain, message, (ulong)message.Length, edwardsKey) == 0;
    }

    private static void HashToScalar(
        Span<byte> scalar, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        Span<byte> digest = stackalloc byte[SHA512.HashSizeInBytes];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(third);
        hash.AppendData(fourth);
        hash.GetHashAndReset(digest);
        Sodium.ScalarReduce(scalar, digest);
        CryptographicOperations.ZeroMemory(digest);
    }

    /// <summary>y = (u − 1) / (u + 1) mod p, the birational map of RFC 7748 §4.1; u = −1 gives 0. Public data, so the time it takes may vary.</summary>
    private static void ToEdwards(ReadOnlySpan<byte> montgomery, Span<byte> edwards)
    {
        var u = FieldElement.Read(montgomery);
        ((u - FieldElement.One) * (u + FieldElement.One).Inverse()).Write(edwards);
    }
}
