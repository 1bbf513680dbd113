using System.Text;
using Recado.Protocol.Media;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Media;

/// <summary>Replays <c>media-encrypt</c>.</summary>
public sealed class MediaVectorTests
{
    private static IReadOnlyList<MediaVector> Cases => VectorFile.Load<MediaVectors>("media/media-encrypt.json").Cases;

    public static TheoryData<string> Types => [.. Cases.Select(vector => vector.MediaType)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Derive_WhenReplayed_GivesTheRecordedKeys(string type)
    {
        var vector = Case(type);

        var keys = MediaKeys.Derive(vector.MediaKey, Kind(type));

        Assert.Equal(vector.HkdfInfo, Encoding.ASCII.GetString(Kind(type).ToKeyLabel()));
        Assert.Equal(vector.Iv, keys.Iv.ToArray());
        Assert.Equal(vector.CipherKey, keys.CipherKey.ToArray());
        Assert.Equal(vector.MacKey, keys.MacKey.ToArray());
        Assert.Equal(vector.RefKey, keys.ReferenceKey.ToArray());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task EncryptAndDecrypt_WhenReplayed_GiveTheRecordedBytes(string type)
    {
        var ct = TestContext.Current.CancellationToken;
        var vector = Case(type);
        using var encrypted = new MemoryStream();
        using var decrypted = new MemoryStream();

        var reference = await MediaCipher.EncryptAsync(new MemoryStream(vector.Plaintext), encrypted, Kind(type), vector.MediaKey, ct);
        encrypted.Position = 0;
        var length = await MediaCipher.DecryptAsync(encrypted, decrypted, Kind(type), reference, vector.FileLength, ct);

        Assert.Equal(vector.Encrypted, encrypted.ToArray());
        Assert.Equal(vector.Mac, vector.Encrypted[^10..]);
        Assert.Equal(vector.FileSha256, reference.Sha256);
        Assert.Equal(vector.FileEncSha256, reference.EncryptedSha256);
        Assert.Equal(vector.FileLength, reference.Length);
        Assert.Equal(vector.FileLength, length);
        Assert.Equal(vector.Plaintext, decrypted.ToArray());
        Assert.Equal(vector.UploadToken, MediaPaths.Token(reference.EncryptedSha256));
    }

    private static MediaVector Case(string type) => Cases.Single(vector => vector.MediaType == type);

    private static MediaKind Kind(string type) => type switch
    {
        "ptt" => MediaKind.Audio,
        "sticker" => MediaKind.Sticker,
        _ => Enum.GetValues<MediaKind>().First(kind => kind.ToPathName() == type),
    };

    internal sealed record MediaVectors(string Description, IReadOnlyList<MediaVector> Cases);

    internal sealed record MediaVector(
        string MediaType,
        string HkdfInfo,
        byte[] MediaKey,
        byte[] Iv,
        byte[] CipherKey,
        byte[] MacKey,
        byte[] RefKey,
        byte[] Plaintext,
        byte[] FileSha256,
        long FileLength,
        byte[] Encrypted,
        byte[] Mac,
        byte[] FileEncSha256,
        string UploadToken);
}
