using System.Security.Cryptography;

namespace Recado.Protocol.Signal;

/// <summary>The derivation steps of the Double Ratchet (§5.2 of its specification) with WhatsApp's labels.</summary>
internal static class KeyDerivation
{
    public const int KeyLength = 32;

    /// <summary>Root key, then chain key.</summary>
    public const int RootStepLength = 64;

    private static ReadOnlySpan<byte> MessageSeedInput => [0x01];

    private static ReadOnlySpan<byte> NextChainKeyInput => [0x02];

    /// <summary>
    /// <c>master = FF×32 ‖ DH1 ‖ DH2 ‖ DH3 [‖ DH4]</c>, <c>root ‖ chain = HKDF(master)</c> (X3DH §3.3).
    /// </summary>
    public static void InitialKeys(ReadOnlySpan<byte> masterSecret, Span<byte> rootAndChain) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterSecret, rootAndChain, salt: [], info: "WhisperText"u8);

    /// <summary><c>root ‖ chain = HKDF(DH(ours, theirs), salt = root)</c>.</summary>
    public static void RootStep(
        ReadOnlySpan<byte> rootKey, ReadOnlySpan<byte> ourPrivateKey, ReadOnlySpan<byte> theirPublicKey, Span<byte> rootAndChain)
    {
        var shared = PublicKey.Agree(ourPrivateKey, theirPublicKey);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, rootAndChain, rootKey, "WhisperRatchet"u8);
        CryptographicOperations.ZeroMemory(shared);
    }

    /// <summary>The seed of one message, and the chain key after it. The two destinations may not overlap the source.</summary>
    public static void ChainStep(ReadOnlySpan<byte> chainKey, Span<byte> seed, Span<byte> nextChainKey)
    {
        HMACSHA256.HashData(chainKey, MessageSeedInput, seed);
        HMACSHA256.HashData(chainKey, NextChainKeyInput, nextChainKey);
    }
}
