using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Recado.Protocol.Noise;

/// <summary>
/// Noise §5.1 <c>CipherState</c>: AES-256-GCM with a counter that both sides keep by themselves. The tag follows the ciphertext.
/// Not thread-safe. Disposing releases the key.
/// </summary>
internal sealed class CipherState(ReadOnlySpan<byte> key) : IDisposable
{
    public const int TagLength = 16;

    private const int NonceLength = 12;

    private readonly AesGcm _k = new(key, TagLength);
    private long _n;

    /// <summary>Room needed for the plaintext of a ciphertext.</summary>
    /// <exception cref="ProtocolException">The ciphertext is shorter than its tag.</exception>
    public static int PlaintextLength(ReadOnlySpan<byte> ciphertext) => ciphertext.Length >= TagLength
        ? ciphertext.Length - TagLength
        : throw ProtocolException.Tampered();

    /// <summary>Encrypts into <paramref name="ciphertext"/>, which is longer by the tag.</summary>
    public void Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce);
        _k.Encrypt(nonce, plaintext, ciphertext[..plaintext.Length], ciphertext[plaintext.Length..], associatedData);
        _n++;
    }

    /// <summary>Decrypts into <paramref name="plaintext"/>. The counter moves only on success.</summary>
    /// <exception cref="ProtocolException">The ciphertext fails authentication.</exception>
    public void Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce);
        try
        {
            _k.Decrypt(nonce, ciphertext[..^TagLength], ciphertext[^TagLength..], plaintext, associatedData);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw ProtocolException.Tampered(e);
        }

        _n++;
    }

    public void Dispose() => _k.Dispose();

    /// <summary><c>00×8 ‖ counter(4, big-endian)</c></summary>
    private void WriteNonce(Span<byte> nonce)
    {
        if (_n > uint.MaxValue)
            throw ProtocolException.CounterExhausted();

        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[^4..], (uint)_n);
    }
}
