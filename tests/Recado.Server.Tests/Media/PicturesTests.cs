using System.Buffers.Binary;
using Recado.Server.Features.Media;
using Recado.Server.Tests.Storage;
using SkiaSharp;

namespace Recado.Server.Tests.Media;

public sealed class PicturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Pictures _pictures = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pictures.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Look_AtAPicture_TellsItsSizeAndMakesASmallJpeg()
    {
        var facts = await _pictures.LookAsync(Write(SampleFiles.Jpeg(1200, 800)), "image/jpeg", Ct);

        using var thumbnail = SKBitmap.Decode(facts.Thumbnail);
        Assert.Equal((1200u, 800u), (facts.Width, facts.Height));
        Assert.Equal((100, 66), (thumbnail.Width, thumbnail.Height));
        Assert.Equal("image/jpeg", MediaType.Of(facts.Thumbnail));
    }

    [Fact]
    public async Task Look_AtAPictureThatLiesOnItsSide_SeesItUpright()
    {
        byte[] turned = [0xFF, 0xE1, 0, 34, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        var jpeg = SampleFiles.Jpeg(200, 100);

        var facts = await _pictures.LookAsync(Write([.. jpeg[..2], .. turned, .. jpeg[2..]]), "image/jpeg", Ct);

        using var thumbnail = SKBitmap.Decode(facts.Thumbnail);
        Assert.Equal((100u, 200u), (facts.Width, facts.Height));
        Assert.Equal((50, 100), (thumbnail.Width, thumbnail.Height));
    }

    [Fact]
    public async Task Look_AtAPictureThatUnfoldsIntoGigabytes_RefusesItUndecoded()
    {
        var bomb = SampleFiles.Png(8, 8);
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(16), 30_000); // width and height of the header
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(20), 30_000);
        BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(29), Crc(bomb.AsSpan(12, 17)));

        var e = await Assert.ThrowsAsync<MediaRefusedException>(() => _pictures.LookAsync(Write(bomb), "image/png", Ct));

        Assert.Contains("pixels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_AtAPictureThatIsCutOff_RefusesIt()
    {
        var whole = SampleFiles.Png(400, 400);

        var e = await Assert.ThrowsAsync<MediaRefusedException>(() => _pictures.LookAsync(Write(whole[..(whole.Length / 2)]), "image/png", Ct));

        Assert.Equal("media_damaged", e.Problem.Extensions["code"]);
    }

    [Fact]
    public async Task MakeSticker_OfAPicture_IsASquareWebPWithTransparentEdges()
    {
        using var sticker = new MemoryStream();

        await _pictures.MakeStickerAsync(Write(SampleFiles.Png(200, 100)), sticker, Ct);

        using var picture = SKBitmap.Decode(sticker.ToArray());
        Assert.Equal("image/webp", MediaType.Of(sticker.ToArray()));
        Assert.Equal((512, 512), (picture.Width, picture.Height));
        Assert.Equal(0, picture.GetPixel(256, 10).Alpha);
        Assert.Equal(255, picture.GetPixel(256, 256).Alpha);
    }

    [Theory]
    [InlineData(512, true)]
    [InlineData(300, false)]
    public async Task LookAtSticker_OfAWebP_IsOneWhenItHasTheSize(int size, bool isSticker) =>
        Assert.Equal(isSticker, await _pictures.LookAtStickerAsync(Write(SampleFiles.Webp(size, size)), Ct) is not null);

    private string Write(byte[] picture)
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, picture);
        return path;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
        }

        return ~crc;
    }
}
