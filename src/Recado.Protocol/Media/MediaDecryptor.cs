using System.Security.Cryptography;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Media;

/// <summary>Reads one file piece by piece and judges it at the end.</summary>
internal interface IMediaReader : IDisposable
{
    /// <summary>Bytes of the file so far.</summary>
    long Length { get; }

    /// <summary>Takes a piece; returns how much came out of it. Up to a block more than went in.</summary>
    int Read(ReadOnlySpan<byte> piece, Span<byte> destination);

    /// <summary>Checks the whole file and gives its end.</summary>
    /// <exception cref="ProtocolException">The file is not the one described.</exception>
    int Finish(MediaReference expected, Span<byte> destination);
}

/// <summary>
/// Keeps back the last block and the MAC behind it, since only the end of the stream tells which they are. The padding is looked at
/// after the MAC has proved it, so it tells nothing to those who make files up.
/// </summary>
internal sealed class MediaDecryptor : IMediaReader
{
    private const int TailLength = MediaCipher.BlockLength + MediaCipher.MacLength;

    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _iv; // the last block of ciphertext
    private readonly IncrementalHash _mac;
    private readonly IncrementalHash _plainHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _fileHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _pending = new byte[MediaCipher.PieceLength + TailLength + MediaCipher.BlockLength];
    private int _pendingLength;

    public MediaDecryptor(MediaKeys keys)
    {
        _aes.SetKey(keys.CipherKey);
        _iv = keys.Iv.ToArray();
        _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.MacKey);
        _mac.AppendData(_iv);
    }

    public long Length { get; private set; }

    public int Read(ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        _fileHash.AppendData(piece);
        piece.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += piece.Length;

        var count = Math.Max(0, _pendingLength - TailLength) / MediaCipher.BlockLength * MediaCipher.BlockLength;
        var written = Decrypt(_pending.AsSpan(0, count), destination);
        _pending.AsSpan(count, _pendingLength - count).CopyTo(_pending);
        _pendingLength -= count;
        _plainHash.AppendData(destination[..written]);
        Length += written;
        return written;
    }

    public int Finish(MediaReference expected, Span<byte> destination)
    {
        var ciphertextLength = _pendingLength - MediaCipher.MacLength;
        if (ciphertextLength < MediaCipher.BlockLength || ciphertextLength % MediaCipher.BlockLength != 0)
            throw ProtocolException.Tampered();

        var ciphertext = _pending.AsSpan(0, ciphertextLength);
        var mac = _pending.AsSpan(ciphertextLength, MediaCipher.MacLength);
        _mac.AppendData(ciphertext);
        var isGenuine = Matches(expected.EncryptedSha256, _fileHash.GetHashAndReset())
            & CryptographicOperations.FixedTimeEquals(_mac.GetHashAndReset().AsSpan(0, MediaCipher.MacLength), mac);
        if (!isGenuine)
            throw ProtocolException.Tampered();

        var written = Unpad(ciphertext, destination);
        _plainHash.AppendData(destination[..written]);
        Length += written;
        if (!Matches(expected.Sha256, _plainHash.GetHashAndReset()) || (expected.Length > 0 && expected.Length != Length))
            throw ProtocolException.Tampered();

        return written;
    }

    public void Dispose()
    {
        _aes.Dispose();
        _mac.Dispose();
        _plainHash.Dispose();
        _fileHash.Dispose();
    }

    /// <summary>A hash that the message leaves out proves nothing, so the file is refused.</summary>
    internal static bool Matches(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        CryptographicOperations.FixedTimeEquals(expected, actual);

    private int Unpad(ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        try
        {
            return _aes.DecryptCbc(ciphertext, _iv, destination, PaddingMode.PKCS7);
        }
        catch (CryptographicException e)
        {
            throw ProtocolException.Tampered(e);
        }
    }

    private int Decrypt(ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        if (ciphertext.IsEmpty)
            return 0;

        _mac.AppendData(ciphertext);
        var written = _aes.DecryptCbc(ciphertext, _iv, destination, PaddingMode.None);
        ciphertext[^MediaCipher.BlockLength..].CopyTo(_iv);
        return written;
    }
}

/// <summary>A file that is not encrypted, as channels have.</summary>
internal sealed class PlainReader : IMediaReader
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Length { get; private set; }

    public int Read(ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        _hash.AppendData(piece);
        piece.CopyTo(destination);
        Length += piece.Length;
        return piece.Length;
    }

    public int Finish(MediaReference expected, Span<byte> destination) => MediaDecryptor.Matches(expected.Sha256, _hash.GetHashAndReset())
        ? 0
        : throw ProtocolException.Tampered();

    public void Dispose() => _hash.Dispose();
}
