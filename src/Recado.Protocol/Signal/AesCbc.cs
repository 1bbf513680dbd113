using System.Security.Cryptography;

namespace Recado.Protocol.Signal;

/// <summary>AES-256-CBC with PKCS#7 padding (RFC 5652 §6.3).</summary>
internal static class AesCbc
{
    public const int BlockLength = 16;

    public static int CiphertextLength(int plaintextLength) => checked((plaintextLength / BlockLength * BlockLength) + BlockLength);

    public static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plaintext)
    {
        using var aes = Aes.Create();
        aes.SetKey(key);
        var ciphertext = new byte[CiphertextLength(plaintext.Length)];
        aes.EncryptCbc(plaintext, iv, ciphertext, PaddingMode.PKCS7);
        return ciphertext;
    }

    /// <summary>
    /// The plaintext, or <see langword="null"/> when length or padding are wrong.
    /// The padding is judged in constant time.
    /// </summary>
    public static byte[]? TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext)
    {
        if (ciphertext.IsEmpty || ciphertext.Length % BlockLength != 0)
            return null;

        using var aes = Aes.Create();
        aes.SetKey(key);
        var padded = new byte[ciphertext.Length];
        try
        {
            aes.DecryptCbc(ciphertext, iv, padded, PaddingMode.None);
            return HasPadding(padded.AsSpan(padded.Length - BlockLength), out var count) ? padded[..^count] : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>Looks at all 16 bytes whatever they are, so that timing tells nothing about where the padding breaks.</summary>
    private static bool HasPadding(ReadOnlySpan<byte> lastBlock, out int count)
    {
        count = lastBlock[^1];
        var wrong = ((count - 1) | (BlockLength - count)) >> 31; // all ones unless 1 <= count <= 16
        for (var i = 0; i < BlockLength; i++)
        {
            var padding = (BlockLength - 1 - i - count) >> 31; // all ones for the last count positions
            wrong |= padding & (lastBlock[i] ^ count);
        }

        return wrong == 0;
    }
}
