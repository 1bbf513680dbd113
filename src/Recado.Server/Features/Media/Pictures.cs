using SkiaSharp;

namespace Recado.Server.Features.Media;

/// <summary>
/// Looks at pictures and makes small ones. Their dimensions are checked before anything is decoded, because a file of a few bytes can
/// unfold into gigabytes; one is decoded at a time. Thread-safe.
/// </summary>
internal sealed class Pictures : IDisposable
{
    public const string Webp = "image/webp";

    private const int ThumbnailSize = 100, StickerSize = 512, ThumbnailQuality = 60, StickerQuality = 80;
    private const int ProfileSize = 640, ProfileQuality = 85;
    private const int LargestSide = 32_768, MostDecodedPixels = 36_000_000; // 144 MB for the moment that it takes

    private readonly SemaphoreSlim _decoding = new(1, 1);

    /// <summary>Size and thumbnail of a picture.</summary>
    /// <exception cref="MediaRefusedException">It cannot be decoded, or has too many pixels.</exception>
    public Task<MediaFacts> LookAsync(string path, string type, CancellationToken ct) => DecodeAsync(
        path,
        codec =>
        {
            var isTurned = IsTurned(codec.EncodedOrigin);
            var (width, height) = isTurned ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
            return new MediaFacts(type) { Width = (uint)width, Height = (uint)height, Thumbnail = Thumbnail(codec) };
        },
        ct);

    /// <summary>A small JPEG of a picture; null when there is none to be made.</summary>
    public async Task<byte[]?> ThumbnailAsync(string path, CancellationToken ct)
    {
        try
        {
            return await DecodeAsync(path, Thumbnail, ct);
        }
        catch (MediaRefusedException)
        {
            return null;
        }
    }

    /// <summary>Looks at a WebP that may be a sticker as it is: 512 pixels square, moving or not.</summary>
    /// <returns>Null when it has to be made one.</returns>
    public Task<MediaFacts?> LookAtStickerAsync(string path, CancellationToken ct) => DecodeAsync(
        path,
        codec => codec is { EncodedFormat: SKEncodedImageFormat.Webp, Info: { Width: StickerSize, Height: StickerSize } } || codec.FrameCount > 1
            ? new MediaFacts(Webp) { Width = (uint)codec.Info.Width, Height = (uint)codec.Info.Height, IsAnimated = codec.FrameCount > 1 }
            : null,
        ct);

    /// <summary>Writes a picture as a sticker: a WebP of 512 by 512 pixels, transparent where the picture does not reach.</summary>
    public Task<MediaFacts> MakeStickerAsync(string path, Stream destination, CancellationToken ct) => DecodeAsync(
        path,
        codec =>
        {
            using var picture = Decode(codec, StickerSize);
            using var surface = new SKBitmap(new SKImageInfo(StickerSize, StickerSize, SKColorType.Rgba8888, SKAlphaType.Premul));
            using (var canvas = new SKCanvas(surface))
            {
                canvas.Clear(SKColors.Transparent);
                Draw(canvas, picture, codec.EncodedOrigin, StickerSize, StickerSize);
            }

            using var data = surface.Encode(SKEncodedImageFormat.Webp, StickerQuality);
            data.SaveTo(destination);
            return new MediaFacts(Webp) { Width = StickerSize, Height = StickerSize };
        },
        ct);

    /// <summary>The middle of a picture as WhatsApp shows people: a JPEG of 640 by 640 pixels.</summary>
    /// <exception cref="MediaRefusedException">It cannot be decoded, or has too many pixels.</exception>
    public Task<byte[]> MakeProfilePictureAsync(string path, CancellationToken ct) => DecodeAsync(
        path,
        codec =>
        {
            var (longer, shorter) = (Math.Max(codec.Info.Width, codec.Info.Height), Math.Min(codec.Info.Width, codec.Info.Height));
            using var picture = Decode(codec, (int)Math.Min(LargestSide, (long)ProfileSize * longer / shorter));
            using var surface = new SKBitmap(new SKImageInfo(ProfileSize, ProfileSize, SKColorType.Rgba8888, SKAlphaType.Premul));
            using (var canvas = new SKCanvas(surface))
            {
                canvas.Clear(SKColors.White);
                var (w, h) = IsTurned(codec.EncodedOrigin) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
                var scale = ProfileSize / (float)Math.Min(w, h);
                var (width, height) = ((int)MathF.Ceiling(w * scale), (int)MathF.Ceiling(h * scale));
                canvas.Translate((ProfileSize - width) / 2f, (ProfileSize - height) / 2f); // what is longer hangs over on both sides
                Draw(canvas, picture, codec.EncodedOrigin, width, height);
            }

            using var data = surface.Encode(SKEncodedImageFormat.Jpeg, ProfileQuality);
            return data.ToArray();
        },
        ct);

    public void Dispose() => _decoding.Dispose();

    private async Task<T> DecodeAsync<T>(string path, Func<SKCodec, T> look, CancellationToken ct)
    {
        await _decoding.WaitAsync(ct);
        try
        {
            return await Task.Run(
                () =>
                {
                    using var codec = SKCodec.Create(path) ?? throw MediaRefusedException.Damaged("The picture cannot be decoded.");
                    return codec.Info is { Width: > 0 and <= LargestSide, Height: > 0 and <= LargestSide }
                        ? look(codec)
                        : throw MediaRefusedException.Damaged($"The picture has more than {LargestSide} pixels on a side.");
                },
                ct);
        }
        finally
        {
            _decoding.Release();
        }
    }

    private static byte[] Thumbnail(SKCodec codec)
    {
        using var picture = Decode(codec, ThumbnailSize);
        var (width, height) = IsTurned(codec.EncodedOrigin) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var scale = Math.Min(1f, ThumbnailSize / (float)Math.Max(width, height));
        var info = new SKImageInfo(Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)), SKColorType.Rgba8888, SKAlphaType.Premul);
        using var surface = new SKBitmap(info);
        using (var canvas = new SKCanvas(surface))
        {
            canvas.Clear(SKColors.White); // JPEG knows no transparency
            Draw(canvas, picture, codec.EncodedOrigin, info.Width, info.Height);
        }

        using var data = surface.Encode(SKEncodedImageFormat.Jpeg, ThumbnailQuality);
        return data.ToArray();
    }

    /// <summary>Decodes in the smallest size that the format offers and that is not smaller than wanted.</summary>
    private static SKBitmap Decode(SKCodec codec, int wanted)
    {
        var size = codec.GetScaledDimensions(Math.Min(1f, wanted / (float)Math.Max(codec.Info.Width, codec.Info.Height)));
        if ((long)size.Width * size.Height > MostDecodedPixels)
            throw MediaRefusedException.Damaged($"The picture has more than {MostDecodedPixels} pixels.");

        var picture = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(picture.Info, picture.GetPixels()) == SKCodecResult.Success)
            return picture;

        picture.Dispose();
        throw MediaRefusedException.Damaged("The picture cannot be decoded; it may be cut off.");
    }

    /// <summary>Draws a picture upright, centred and as large as fits.</summary>
    private static void Draw(SKCanvas canvas, SKBitmap picture, SKEncodedOrigin origin, int width, int height)
    {
        var (w, h) = IsTurned(origin) ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var scale = Math.Min(width / (float)w, height / (float)h);
        canvas.Translate(width / 2f, height / 2f);
        canvas.Scale(scale);
        canvas.RotateDegrees(origin switch
        {
            SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft => 180,
            SKEncodedOrigin.RightTop or SKEncodedOrigin.LeftTop => 90,
            SKEncodedOrigin.LeftBottom or SKEncodedOrigin.RightBottom => 270,
            _ => 0,
        });
        if (origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomLeft)
            canvas.Scale(-1, 1);
        else if (origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightBottom)
            canvas.Scale(1, -1);

        using var image = SKImage.FromBitmap(picture);
        canvas.DrawImage(image, -picture.Width / 2f, -picture.Height / 2f, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    private static bool IsTurned(SKEncodedOrigin origin) => origin
        is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
}
