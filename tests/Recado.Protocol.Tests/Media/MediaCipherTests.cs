using System.Security.Cryptography;
using Recado.Protocol.Crypto;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Tests.Media;

public sealed class MediaCipherTests
{
    private const int Piece = MediaCipher.PieceLength;

    private static readonly byte[] Key = MediaCipher.CreateKey(new SeededRandom(1));

    [Theory]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData(Piece + 15)]
    [InlineData(2 * Piece)]
    [InlineData((3 * Piece) + 7)]
    public async Task Decrypt_WhenTheStreamsComeInPieces_GivesTheFile(int length)
    {
        var file = new SeededRandom(2).Bytes(length);
        var (encrypted, reference) = await EncryptAsync(file);

        foreach (var chunk in (int[])[1_000, Piece - 3, Piece + 10])
        {
            using var destination = new MemoryStream();

            await MediaCipher.DecryptAsync(new TricklingStream(encrypted, chunk), destination, MediaKind.Document, reference, length, Ct);

            Assert.Equal(file, destination.ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(48)]
    public async Task Decrypt_WhenTheFileIsMutilated_RefusesAllOfThem(int length)
    {
        var (encrypted, reference) = await EncryptAsync(new SeededRandom(3).Bytes(length));

        foreach (var bytes in Mutilations.Of(encrypted).Append([.. encrypted, 0]))
        {
            // with the hash of the changed file, so that the MAC has to notice
            var fooled = reference with { EncryptedSha256 = SHA256.HashData(bytes) };

            await RefusesAsync(bytes, reference, ProtocolError.Tampered);
            await RefusesAsync(bytes, fooled, ProtocolError.Tampered);
        }
    }

    [Fact]
    public async Task Decrypt_WhenTheMessageDescribesAnotherFile_Refuses()
    {
        var (encrypted, reference) = await EncryptAsync(new SeededRandom(4).Bytes(100));

        await RefusesAsync(encrypted, reference with { Sha256 = new byte[32] }, ProtocolError.Tampered);
        await RefusesAsync(encrypted, reference with { Sha256 = [] }, ProtocolError.Tampered);
        await RefusesAsync(encrypted, reference with { EncryptedSha256 = [] }, ProtocolError.Tampered);
        await RefusesAsync(encrypted, reference with { Length = 99 }, ProtocolError.Tampered);
        await RefusesAsync(encrypted, reference with { Key = new byte[32] }, ProtocolError.Tampered);
        await RefusesAsync(encrypted, reference with { Key = new byte[31] }, ProtocolError.MalformedPayload);
        await RefusesAsync(encrypted, reference, ProtocolError.Tampered, MediaKind.Image);
    }

    [Fact]
    public async Task Decrypt_WhenTheFileIsTooLong_StopsBeforeItIsRead()
    {
        var (encrypted, reference) = await EncryptAsync(new byte[4 * Piece]);
        var endless = new EndlessStream();

        await RefusesAsync(encrypted, reference with { Length = 0 }, ProtocolError.MalformedPayload, maxLength: (4 * Piece) - 1);
        await RefusesAsync(encrypted, reference, ProtocolError.MalformedPayload, maxLength: 100);
        await Assert.ThrowsAsync<ProtocolException>(() =>
            MediaCipher.DecryptAsync(endless, Stream.Null, MediaKind.Document, reference with { Length = 0 }, 4 * Piece, Ct));
        Assert.True(endless.Given <= 6 * Piece);
    }

    [Fact]
    public async Task Decrypt_WhenTheFileIsNotEncrypted_ChecksItsHash()
    {
        var file = new SeededRandom(5).Bytes(Piece + 5);
        var reference = new MediaReference("/v/a", [], SHA256.HashData(file), [], file.Length);
        using var destination = new MemoryStream();

        await MediaCipher.DecryptAsync(new MemoryStream(file), destination, MediaKind.Image, reference, file.Length, Ct);

        Assert.Equal(file, destination.ToArray());
        await RefusesAsync([.. file, 0], reference, ProtocolError.Tampered);
        await RefusesAsync(file, reference with { Length = 0 }, ProtocolError.MalformedPayload, maxLength: Piece);
    }

    [Fact]
    public async Task Encrypt_WhenTheFileIsLarge_NeedsLittleMemory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread(); // nothing below waits, so all of it runs here

        var reference = await MediaCipher.EncryptAsync(new EndlessStream(64 << 20), Stream.Null, MediaKind.Document, Key, Ct);

        Assert.Equal(64 << 20, reference.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4 << 20);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(byte[] Encrypted, MediaReference Reference)> EncryptAsync(byte[] file)
    {
        using var encrypted = new MemoryStream();
        var reference = await MediaCipher.EncryptAsync(new MemoryStream(file), encrypted, MediaKind.Document, Key, Ct);
        return (encrypted.ToArray(), reference);
    }

    private static async Task RefusesAsync(
        byte[] encrypted, MediaReference reference, ProtocolError error, MediaKind kind = MediaKind.Document, long maxLength = 1 << 20)
    {
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() =>
            MediaCipher.DecryptAsync(new MemoryStream(encrypted), Stream.Null, kind, reference, maxLength, Ct));

        Assert.Equal(error, thrown.Error);
    }

    /// <summary>Gives at most so many bytes at a time, as networks do.</summary>
    private sealed class TricklingStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }

    /// <summary>Zeros, up to a length or for ever.</summary>
    private sealed class EndlessStream(long length = long.MaxValue) : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(buffer.Length, length - Given);
            buffer.Span[..count].Clear();
            Given += count;
            return ValueTask.FromResult(count);
        }
    }
}
