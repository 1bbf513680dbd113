using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;

namespace Recado.Server.Features.Media;

/// <summary>What a file is, by its first bytes. Names and claims of senders do not count: a browser that believes them can be made to run them.</summary>
internal static class MediaType
{
    public const string Unknown = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider Names = new();

    /// <summary>The type of a file, or <see cref="Unknown"/>. Nothing that a browser would execute has a type of its own.</summary>
    public static string Of(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        _ when head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8) => "image/gif",
        _ when head.StartsWith("RIFF"u8) && head.Length >= 12 => Riff(head.Slice(8, 4)),
        _ when head.Length >= 12 && head[4..].StartsWith("ftyp"u8) => IsoMedia(head.Slice(8, 4)),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        _ when head.StartsWith("OggS"u8) => "audio/ogg",
        _ when head.StartsWith("ID3"u8) => "audio/mpeg",
        [0xFF, 0xF1 or 0xF9, ..] => "audio/aac",
        [0xFF, 0xFB or 0xF3 or 0xF2 or 0xFA, ..] => "audio/mpeg",
        _ when head.StartsWith("#!AMR"u8) => "audio/amr",
        _ when head.StartsWith("%PDF-"u8) => "application/pdf",
        [(byte)'P', (byte)'K', 3, 4, ..] => "application/zip",
        _ => Unknown,
    };

    /// <summary>Whether it begins like a web page, which is what links to files answer when they do not like the asker.</summary>
    public static bool IsHtml(ReadOnlySpan<byte> head)
    {
        Span<char> text = stackalloc char[32];
        var start = head.TrimStart(" \t\r\n\uFEFF"u8);
        var length = Ascii.ToLower(start[..Math.Min(start.Length, text.Length)], text, out var written) == OperationStatus.Done ? written : 0;
        return text[..length].StartsWith("<!doctype html") || text[..length].StartsWith("<html");
    }

    /// <summary>What files of this name are, for people; nothing is served under it.</summary>
    public static string? OfName(string? name) => name is not null && Names.TryGetContentType(name, out var type) ? type : null;

    /// <summary>Whether a browser may show it in place.</summary>
    public static bool IsShownInPlace(string? type) => type?.Split('/')[0] is "image" or "audio" or "video";

    /// <summary>
    /// What a sender claims, where content does not tell: sounds, videos and plain documents keep their name, anything a browser could
    /// execute loses it.
    /// </summary>
    public static string Harmless(string? claimed)
    {
        var type = claimed?.Split(';')[0].Trim().ToLowerInvariant();
        var isPlain = type is "text/plain" or "text/csv" or "text/vcard" or "application/msword" or "application/rtf"
            || type?.StartsWith("application/vnd.", StringComparison.Ordinal) == true;
        return isPlain ? type! : Unknown;
    }

    private static string Riff(ReadOnlySpan<byte> form) =>
        form.SequenceEqual("WEBP"u8) ? "image/webp" : form.SequenceEqual("WAVE"u8) ? "audio/wav" : form.SequenceEqual("AVI "u8) ? "video/x-msvideo" : Unknown;

    private static string IsoMedia(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("M4A"u8) ? "audio/mp4"
        : brand.StartsWith("3gp"u8) ? "video/3gpp"
        : brand.SequenceEqual("heic"u8) || brand.SequenceEqual("mif1"u8) ? "image/heic"
        : brand.SequenceEqual("avif"u8) ? "image/avif"
        : brand.SequenceEqual("qt  "u8) ? "video/quicktime"
        : "video/mp4";
}
