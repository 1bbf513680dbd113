namespace Recado.Protocol.Crypto;

/// <summary>A Curve25519 key pair: 32 raw bytes each, the private key clamped. The arrays are not to be changed.</summary>
public sealed record KeyPair(byte[] PrivateKey, byte[] PublicKey)
{
    /// <summary>Draws 32 bytes and makes a key pair of them.</summary>
    public static KeyPair Generate(IRandomSource random) => Clamped(random.Bytes(X25519.KeyLength));

    /// <summary>The key pair of a stored private key; clamps it if it was stored unclamped.</summary>
    public static KeyPair FromPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        X25519.RequirePrivateKey(privateKey);
        return Clamped(privateKey.ToArray());
    }

    /// <summary>Shows no key material.</summary>
    public override string ToString() => nameof(KeyPair);

    private static KeyPair Clamped(byte[] privateKey)
    {
        X25519.Clamp(privateKey);
        var publicKey = new byte[X25519.KeyLength];
        X25519.PublicKey(privateKey, publicKey);
        return new KeyPair(privateKey, publicKey);
    }
}
