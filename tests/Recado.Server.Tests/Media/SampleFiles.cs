using System.Buffers.Binary;
using System.Diagnostics;
using SkiaSharp;

namespace Recado.Server.Tests.Media;

/// <summary>Files to send.</summary>
internal static class SampleFiles
{
    /// <summary>What begins like a video and is none: enough where nobody looks inside.</summary>
    public static byte[] Mp4 { get; } = [0, 0, 0, 0x18, .. "ftypmp42"u8, 0, 0, 0, 0, .. "isommp42"u8, .. new byte[2000]];

    public static byte[] Mp3 { get; } = [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0, 0xFF, 0xFB, 0x90, 0, .. new byte[2000]];

    public static byte[] Pdf { get; } = [.. "%PDF-1.7\n"u8, .. new byte[500]];

    public static byte[] Png(int width, int height) => Picture(width, height, SKEncodedImageFormat.Png);

    public static byte[] Jpeg(int width, int height) => Picture(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Webp(int width, int height) => Picture(width, height, SKEncodedImageFormat.Webp);

    /// <summary>A file with this ending; <c>half</c> is a picture that is cut off.</summary>
    public static byte[] Of(string extension) => extension switch
    {
        "png" => Png(640, 480),
        "half" => Png(640, 480)[..1000],
        "jpeg" => Jpeg(320, 200),
        "webp" => Webp(512, 512),
        "mp4" => Mp4,
        "mp3" => Mp3,
        "ogg" => Voice(3),
        _ => Pdf,
    };

    /// <summary>An Ogg Opus file of one head and one page, as long as its last granule says.</summary>
    public static byte[] Voice(int seconds)
    {
        const int preSkip = 312;
        byte[] head = [.. "OpusHead"u8, 1, 1, preSkip & 0xFF, preSkip >> 8, 0x80, 0xBB, 0, 0, 0, 0, 0];
        return [.. Page(2, 0, 0, head), .. Page(0, 0, 1, [.. "OpusTags"u8, 0, 0, 0, 0, 0, 0, 0, 0]), .. Page(4, (seconds * 48_000L) + preSkip, 2, new byte[200])];
    }

    /// <summary>Has the program ffmpeg make one.</summary>
    public static async Task<byte[]> MakeAsync(string name, params string[] arguments)
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("recado-sample-");
        try
        {
            var path = Path.Combine(folder.FullName, name);
            using var program = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", .. arguments, path]))!;
            await program.WaitForExitAsync(ct);
            Assert.Equal(0, program.ExitCode);
            return await File.ReadAllBytesAsync(path, ct);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Picture(int width, int height, SKEncodedImageFormat format)
    {
        using var picture = new SKBitmap(width, height);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.Orange);
        canvas.DrawCircle(width / 2f, height / 2f, Math.Min(width, height) / 3f, new SKPaint { Color = SKColors.Navy });
        canvas.Flush();
        using var data = picture.Encode(format, 80);
        return data.ToArray();
    }

    private static byte[] Page(byte flags, long granule, int number, byte[] packet)
    {
        byte[] page = [.. "OggS"u8, 0, flags, .. new byte[20], 1, (byte)packet.Length, .. packet];
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(6), granule);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(14), 7);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(18), number);
        return page;
    }
}
