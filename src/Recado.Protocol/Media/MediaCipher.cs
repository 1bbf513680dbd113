using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Media;

/// <summary>
/// Files as they lie on the media hosts: <c>AES-256-CBC(file) ‖ first 10 bytes of HMAC-SHA256(iv ‖ ciphertext)</c>. Streams from
/// end to end in pieces of 64 KiB, whatever the size of the file.
/// </summary>
public static class MediaCipher
{
    /// <summary>How much longer than the file its encrypted form is at most: one block of padding and the MAC.</summary>
    public const int LargestOverhead = BlockLength + MacLength;

    internal const int MacLength = 10;
    internal const int BlockLength = 16;
    internal const int PieceLength = 64 * 1024;

    /// <summary>A key for a new file. Every upload takes a fresh one.</summary>
    public static byte[] CreateKey(IRandomSource random) => random.Bytes(MediaKeys.MediaKeyLength);

    /// <summary>Encrypts a file.</summary>
    /// <param name="file">The file, read to its end.</param>
    /// <param name="destination">Where the encrypted form goes.</param>
    /// <param name="kind">What the file is to the service.</param>
    /// <param name="mediaKey">32 fresh bytes.</param>
    /// <param name="ct">Gives up; what was written is of no use.</param>
    /// <returns>What a message says about the file, but for the place it is uploaded to.</returns>
    public static async Task<MediaReference> EncryptAsync(Stream file, Stream destination, MediaKind kind, byte[] mediaKey, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(destination);
        using var encryptor = new MediaEncryptor(MediaKeys.Derive(mediaKey, kind));
        var piece = new byte[PieceLength];
        var output = new byte[PieceLength + BlockLength + MacLength];
        int count;
        do
        {
            count = await file.ReadAtLeastAsync(piece, PieceLength, throwOnEndOfStream: false, ct).ConfigureAwait(false);
            var written = count == PieceLength
                ? encryptor.Encrypt(piece, output)
                : encryptor.EncryptLast(piece.AsSpan(0, count), output);
            await destination.WriteAsync(output.AsMemory(0, written), ct).ConfigureAwait(false);
        }
        while (count == PieceLength);

        return encryptor.Describe(mediaKey);
    }

    /// <summary>Encrypts a small file that is in memory anyway.</summary>
    public static (byte[] Encrypted, MediaReference Reference) Encrypt(ReadOnlySpan<byte> file, MediaKind kind, byte[] mediaKey)
    {
        using var encryptor = new MediaEncryptor(MediaKeys.Derive(mediaKey, kind));
        var encrypted = new byte[file.Length + LargestOverhead];
        var written = encryptor.EncryptLast(file, encrypted);
        return (encrypted[..written], encryptor.Describe(mediaKey));
    }

    /// <summary>
    /// Decrypts a file and checks it against everything its message says about it. Bytes are written before the end is known to be
    /// good: write to a place where nobody looks, and throw it away when this fails.
    /// </summary>
    /// <param name="encrypted">The file as it lies on the media hosts, read to its end.</param>
    /// <param name="destination">Where the file goes.</param>
    /// <param name="kind">What the file is to the service.</param>
    /// <param name="reference">What the message says. Without a key the file is not encrypted, and only its hash is checked.</param>
    /// <param name="maxLength">How many bytes the file may have at most.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="ProtocolException">The file is not the one of the message (<see cref="ProtocolError.Tampered"/>), has no usable
    /// key, or is longer than <paramref name="maxLength"/> (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static async Task<long> DecryptAsync(
        Stream encrypted, Stream destination, MediaKind kind, MediaReference reference, long maxLength, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(encrypted);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        if (reference.Length > maxLength)
            throw TooLong(maxLength);

        using IMediaReader reader = reference.Key.Length == 0 ? new PlainReader() : new MediaDecryptor(MediaKeys.Derive(reference.Key, kind));
        var piece = new byte[PieceLength];
        var output = new byte[PieceLength + BlockLength];
        while (await encrypted.ReadAtLeastAsync(piece, PieceLength, throwOnEndOfStream: false, ct).ConfigureAwait(false) is > 0 and var count)
        {
            var written = reader.Read(piece.AsSpan(0, count), output);
            if (reader.Length > maxLength)
                throw TooLong(maxLength);
            await destination.WriteAsync(output.AsMemory(0, written), ct).ConfigureAwait(false);
        }

        var last = reader.Finish(reference, output);
        if (reader.Length > maxLength)
            throw TooLong(maxLength);
        await destination.WriteAsync(output.AsMemory(0, last), ct).ConfigureAwait(false);
        return reader.Length;
    }

    private static ProtocolException TooLong(long limit) =>
        ProtocolException.MalformedPayload($"The file is longer than the {limit} bytes that are accepted.");
}
