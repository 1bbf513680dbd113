using Recado.Protocol.Media;
using Recado.Protocol.Messages;

namespace Recado.Simulator.Phones;

/// <summary>A file for a phone to send.</summary>
/// <param name="Kind"><c>image</c>, <c>video</c>, <c>gif</c>, <c>video_note</c>, <c>audio</c>, <c>voice</c>, <c>document</c> or <c>sticker</c>.</param>
/// <param name="MimeType">What the phone says the file is.</param>
/// <param name="Caption">Text below images, videos and documents.</param>
/// <param name="FileName">Name of a document.</param>
public sealed record PhoneMedia(string Kind, string? MimeType = null, string? Caption = null, string? FileName = null);

/// <summary>A file in a simulated phone, as its sender describes it.</summary>
/// <param name="Kind">As in <see cref="PhoneMedia"/>.</param>
/// <param name="MimeType">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hash of the file, in hex.</param>
/// <param name="Caption">Text below it.</param>
/// <param name="FileName">Name of a document.</param>
public sealed record InboxMedia(string Kind, string? MimeType, long Size, string Sha256, string? Caption, string? FileName);

/// <summary>The names of the kinds.</summary>
internal static class PhoneMediaKinds
{
    /// <exception cref="SimulatorException">There is no such kind.</exception>
    public static MediaKind Parse(string kind) => kind switch
    {
        "image" => MediaKind.Image,
        "sticker" => MediaKind.Sticker,
        "video" or "gif" or "video_note" => MediaKind.Video,
        "audio" or "voice" => MediaKind.Audio,
        "document" => MediaKind.Document,
        _ => throw new SimulatorException($"There is no kind '{kind}'. Kinds: image, video, gif, video_note, audio, voice, document, sticker."),
    };

    public static MediaContent Content(PhoneMedia media, MediaReference file) => media.Kind switch
    {
        "image" => new ImageContent(file, media.Caption) { MimeType = media.MimeType ?? "image/jpeg" },
        "sticker" => new StickerContent(file) { MimeType = media.MimeType ?? "image/webp" },
        "video" => new VideoContent(file, media.Caption) { MimeType = media.MimeType ?? "video/mp4" },
        "gif" => new VideoContent(file, media.Caption, VideoStyle.Gif) { MimeType = media.MimeType ?? "video/mp4" },
        "video_note" => new VideoContent(file, Style: VideoStyle.Note) { MimeType = media.MimeType ?? "video/mp4" },
        "audio" => new AudioContent(file) { MimeType = media.MimeType ?? "audio/mpeg" },
        "voice" => new AudioContent(file, IsVoiceNote: true) { MimeType = media.MimeType ?? "audio/ogg; codecs=opus" },
        _ => new DocumentContent(file, media.FileName, media.Caption) { MimeType = media.MimeType ?? "application/octet-stream" },
    };

    public static string NameOf(MediaContent media) => media switch
    {
        ImageContent => "image",
        StickerContent => "sticker",
        VideoContent { Style: VideoStyle.Gif } => "gif",
        VideoContent { Style: VideoStyle.Note } => "video_note",
        VideoContent => "video",
        AudioContent { IsVoiceNote: true } => "voice",
        AudioContent => "audio",
        _ => "document",
    };
}
