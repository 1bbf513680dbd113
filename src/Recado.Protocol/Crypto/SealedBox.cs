using System.Security.Cryptography;

namespace Recado.Protocol.Crypto;

/// <summary>AES-256-GCM (NIST SP 800-38D) in one piece: <c>ciphertext ‖ tag(16)</c>.</summary>
internal static class SealedBox
{
    public const int IvLength = 12;

    private const int TagLength = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        var box = new byte[plaintext.Length + TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(iv, plaintext, box.AsSpan(..^TagLength), box.AsSpan(^TagLength..), associatedData);
        return box;
    }

    /// <summary>The plaintext, or <see langword="null"/> when a length is wrong or the box was not sealed like this.</summary>
    public static byte[]? TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> box, ReadOnlySpan<byte> associatedData)
    {
        if (iv.Length != IvLength || box.Length < TagLength)
            return null;

        var plaintext = new byte[box.Length - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(iv, box[..^TagLength], box[^TagLength..], plaintext, associatedData);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
