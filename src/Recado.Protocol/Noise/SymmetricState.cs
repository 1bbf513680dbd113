using System.Security.Cryptography;

namespace Recado.Protocol.Noise;

/// <summary>
/// Noise §5.2 <c>SymmetricState</c> for <c>Noise_XX_25519_AESGCM_SHA256</c>. Names follow the specification.
/// Not thread-safe: a handshake has one owner.
/// </summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashLength = SHA256.HashSizeInBytes;

    private readonly byte[] _h = new byte[HashLength];  // handshake hash
    private readonly byte[] _ck = new byte[HashLength]; // chaining key
    private CipherState? _cipher;                       // k and n; null until the first MixKey

    /// <summary>h = ck = protocol name, which at 32 bytes needs no hashing; then MixHash(prologue).</summary>
    public SymmetricState(ReadOnlySpan<byte> prologue)
    {
        "Noise_XX_25519_AESGCM_SHA256\0\0\0\0"u8.CopyTo(_h);
        _h.CopyTo(_ck, 0);
        MixHash(prologue);
    }

    /// <summary>The handshake hash so far.</summary>
    public ReadOnlySpan<byte> Hash => _h;

    private CipherState Cipher => _cipher ?? throw new InvalidOperationException("MixKey must run before anything is encrypted.");

    /// <summary>h = HASH(h ‖ data).</summary>
    public void MixHash(ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_h);
        hash.AppendData(data);
        hash.GetHashAndReset(_h);
    }

    /// <summary>ck, k = HKDF(ck, inputKeyMaterial, 2); n = 0. Zeroes the input: it is a shared secret made for this call.</summary>
    public void MixKey(Span<byte> inputKeyMaterial)
    {
        Span<byte> output = stackalloc byte[2 * HashLength];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, inputKeyMaterial, output, salt: _ck, info: []);
            output[..HashLength].CopyTo(_ck);
            _cipher?.Dispose();
            _cipher = new CipherState(output[HashLength..]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(output);
            CryptographicOperations.ZeroMemory(inputKeyMaterial);
        }
    }

    /// <summary>ciphertext = ENCRYPT(k, n++, h, plaintext); h = HASH(h ‖ ciphertext).</summary>
    public byte[] EncryptAndHash(ReadOnlySpan<byte> plaintext)
    {
        var ciphertext = new byte[plaintext.Length + CipherState.TagLength];
        Cipher.Encrypt(plaintext, ciphertext, _h);
        MixHash(ciphertext);
        return ciphertext;
    }

    /// <summary>plaintext = DECRYPT(k, n++, h, ciphertext); h = HASH(h ‖ ciphertext).</summary>
    /// <exception cref="ProtocolException">The ciphertext fails authentication.</exception>
    public byte[] DecryptAndHash(ReadOnlySpan<byte> ciphertext)
    {
        var plaintext = new byte[CipherState.PlaintextLength(ciphertext)];
        Cipher.Decrypt(ciphertext, plaintext, _h);
        MixHash(ciphertext);
        return plaintext;
    }

    /// <summary>The two transport ciphers: initiator to responder, responder to initiator.</summary>
    public (CipherState ToResponder, CipherState ToInitiator) Split()
    {
        Span<byte> output = stackalloc byte[2 * HashLength];
        try
        {
            // An empty array and not []: OpenSSL refuses key material whose address is null.
            HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm: Array.Empty<byte>(), output, salt: _ck, info: []);
            return (new CipherState(output[..HashLength]), new CipherState(output[HashLength..]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(output);
        }
    }

    public void Dispose()
    {
        _cipher?.Dispose();
        CryptographicOperations.ZeroMemory(_ck);
    }
}
