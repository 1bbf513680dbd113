namespace Recado.Protocol.Crypto;

/// <summary>Diffie-Hellman on Curve25519 (RFC 7748). Keys are 32 raw bytes, without a type byte. Thread-safe.</summary>
public static class X25519
{
    /// <summary>Length of private keys, public keys and shared secrets, in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>The secret shared by our private and their public key.</summary>
    /// <exception cref="ProtocolException">The public key has the wrong length or is a point of low order (<see cref="ProtocolError.InvalidKey"/>).</exception>
    public static byte[] Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        RequirePrivateKey(privateKey);
        if (publicKey.Length != KeyLength)
            throw ProtocolException.InvalidKey($"it has {publicKey.Length} bytes instead of {KeyLength}.");

        var secret = new byte[KeyLength];
        return Sodium.ScalarMult(secret, privateKey, publicKey) == 0
            ? secret
            : throw ProtocolException.InvalidKey("it is a point of low order, which would make the shared secret public.");
    }

    /// <summary>Writes the public key that belongs to <paramref name="privateKey"/>.</summary>
    public static void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequirePrivateKey(privateKey);
        if (publicKey.Length != KeyLength)
            throw new ArgumentException($"A public key has {KeyLength} bytes, not {publicKey.Length}.", nameof(publicKey));

        _ = Sodium.ScalarMultBase(publicKey, privateKey); // cannot fail: the base point has the full order
    }

    /// <summary>Clamps a private key in place (RFC 7748 §5, decodeScalar25519).</summary>
    internal static void Clamp(Span<byte> privateKey)
    {
        privateKey[0] &= 0xF8;
        privateKey[31] = (byte)((privateKey[31] & 0x7F) | 0x40);
    }

    internal static void RequirePrivateKey(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != KeyLength)
            throw new ArgumentException($"A private key has {KeyLength} bytes, not {privateKey.Length}.", nameof(privateKey));
    }
}
