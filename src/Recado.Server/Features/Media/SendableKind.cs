using Recado.Protocol.Media;

namespace Recado.Server.Features.Media;

/// <summary>A kind of message that is a file: what WhatsApp takes for it, and how much.</summary>
/// <param name="Name">As requests and contents call it.</param>
/// <param name="Limit">Bytes of the file as it is sent.</param>
/// <param name="Types">What a file may be; empty for anything.</param>
/// <param name="Convertible">What it may be made from.</param>
internal sealed record SendableKind(string Name, MediaKind Kind, long Limit, IReadOnlyList<string> Types, params IReadOnlyList<string> Convertible)
{
    private const long Megabyte = 1024 * 1024;

    private static readonly string[] Sounds = ["audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/ogg"];

    public static IReadOnlyList<SendableKind> All { get; } =
    [
        new("image", MediaKind.Image, 16 * Megabyte, ["image/jpeg", "image/png"]),
        new("video", MediaKind.Video, 64 * Megabyte, ["video/mp4", "video/3gpp"]),
        new("gif", MediaKind.Video, 64 * Megabyte, ["video/mp4"], "image/gif"),
        new("video_note", MediaKind.Video, 64 * Megabyte, ["video/mp4"]),
        new("audio", MediaKind.Audio, 16 * Megabyte, Sounds, "video/mp4"),
        new("voice", MediaKind.Audio, 16 * Megabyte, ["audio/ogg"], "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "video/webm", "video/mp4"),
        new("document", MediaKind.Document, MediaEndpoints.LargestFile, []),
        new("sticker", MediaKind.Sticker, Megabyte, ["image/webp"], "image/png", "image/jpeg"),
    ];

    /// <summary>Bytes of the file that is given; more than is sent where it is made smaller.</summary>
    public long SourceLimit => Name is "sticker" or "voice" ? 64 * Megabyte : Limit;

    public bool HasCaption => Name is "image" or "video" or "gif" or "document";

    public bool CanBeViewOnce => Name is "image" or "video" or "voice" or "audio";

    /// <summary>Whether there is anything to be found out about the file, or to be made of it.</summary>
    public bool IsPlain => Types.Count == 0;

    public static SendableKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    public bool Takes(string type) => IsPlain || Types.Contains(type) || Convertible.Contains(type);
}
