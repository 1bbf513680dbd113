using System.Security.Cryptography;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Media;

/// <summary>Encrypts and hashes one file, piece by piece.</summary>
internal sealed class MediaEncryptor : IDisposable
{
    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _iv; // the last block of ciphertext
    private readonly IncrementalHash _mac;
    private readonly IncrementalHash _plainHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _fileHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public MediaEncryptor(MediaKeys keys)
    {
        _aes.SetKey(keys.CipherKey);
        _iv = keys.Iv.ToArray();
        _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.MacKey);
        _mac.AppendData(_iv);
    }

    /// <summary>A piece of whole blocks that is not the last one.</summary>
    public int Encrypt(ReadOnlySpan<byte> piece, Span<byte> destination) => Encrypt(piece, destination, PaddingMode.None);

    /// <summary>The rest, which may be nothing, and the MAC.</summary>
    public int EncryptLast(ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        var count = Encrypt(piece, destination, PaddingMode.PKCS7);
        var mac = destination.Slice(count, MediaCipher.MacLength);
        _mac.GetHashAndReset().AsSpan(0, MediaCipher.MacLength).CopyTo(mac);
        _fileHash.AppendData(mac);
        return count + mac.Length;
    }

    /// <summary>What is known at the end.</summary>
    public MediaReference Describe(byte[] mediaKey) => new(
        DirectPath: null, mediaKey, _plainHash.GetHashAndReset(), _fileHash.GetHashAndReset(), _length);

    public void Dispose()
    {
        _aes.Dispose();
        _mac.Dispose();
        _plainHash.Dispose();
        _fileHash.Dispose();
    }

    private int Encrypt(ReadOnlySpan<byte> piece, Span<byte> destination, PaddingMode padding)
    {
        _plainHash.AppendData(piece);
        _length += piece.Length;
        var count = _aes.EncryptCbc(piece, _iv, destination, padding);
        var ciphertext = destination[..count];
        ciphertext[^MediaCipher.BlockLength..].CopyTo(_iv);
        _mac.AppendData(ciphertext);
        _fileHash.AppendData(ciphertext);
        return count;
    }
}
