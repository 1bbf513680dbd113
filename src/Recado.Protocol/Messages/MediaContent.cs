using Recado.Protocol.Media;

namespace Recado.Protocol.Messages;

/// <summary>Where an encrypted file lies, and what it takes to read and to check it.</summary>
/// <param name="DirectPath">Path and query on any of the media hosts.</param>
/// <param name="Key">The 32 bytes all keys of the file are derived from; empty for files that are not encrypted.</param>
/// <param name="Sha256">The hash of the file itself.</param>
/// <param name="EncryptedSha256">The hash of the file as it is uploaded; empty for files that are not encrypted.</param>
/// <param name="Length">Bytes of the file itself.</param>
public sealed record MediaReference(string? DirectPath, byte[] Key, byte[] Sha256, byte[] EncryptedSha256, long Length)
{
    /// <summary>The full address, for when there is no <see cref="DirectPath"/>.</summary>
    public string? Url { get; init; }

    /// <summary>When the key was made; links expire some weeks later.</summary>
    public DateTimeOffset? KeyCreatedAt { get; init; }
}

/// <summary>A message that is a file.</summary>
public abstract record MediaContent : MessageContent
{
    private protected MediaContent(MediaReference file) => File = file;

    /// <summary>The file.</summary>
    public MediaReference File { get; init; }

    /// <summary>What the file is to the service.</summary>
    public MediaKind Kind => this switch
    {
        ImageContent => MediaKind.Image,
        StickerContent => MediaKind.Sticker,
        VideoContent => MediaKind.Video,
        AudioContent => MediaKind.Audio,
        _ => MediaKind.Document,
    };

    /// <summary>The type its sender claims, such as <c>image/jpeg</c>.</summary>
    public string? MimeType { get; init; }

    /// <summary>A small JPEG (PNG for stickers) that came with the message.</summary>
    public byte[]? Thumbnail { get; init; }

    /// <summary>Whether it may be opened only once.</summary>
    public bool IsViewOnce { get; init; }

    /// <summary>The head of the album it belongs to; null when it stands alone. Read, not written.</summary>
    public MessageTarget? Album { get; init; }
}

/// <summary>A picture.</summary>
/// <param name="File">The file.</param>
/// <param name="Caption">The text below it.</param>
public sealed record ImageContent(MediaReference File, string? Caption = null) : MediaContent(File)
{
    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Width { get; init; }

    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Height { get; init; }
}

/// <summary>How a video is shown.</summary>
public enum VideoStyle
{
    /// <summary>With sound and controls.</summary>
    Video,

    /// <summary>Silent, looping.</summary>
    Gif,

    /// <summary>A round video note.</summary>
    Note,
}

/// <summary>A video, a GIF (which is a video on the wire), or a video note.</summary>
/// <param name="File">The file.</param>
/// <param name="Caption">The text below it.</param>
/// <param name="Style">How it is shown.</param>
public sealed record VideoContent(MediaReference File, string? Caption = null, VideoStyle Style = VideoStyle.Video) : MediaContent(File)
{
    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Width { get; init; }

    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Height { get; init; }

    /// <summary>Length; 0 when unknown.</summary>
    public uint Seconds { get; init; }
}

/// <summary>A sound file or a voice note.</summary>
/// <param name="File">The file.</param>
/// <param name="IsVoiceNote">Whether it was recorded in the chat: Opus, shown with a waveform.</param>
public sealed record AudioContent(MediaReference File, bool IsVoiceNote = false) : MediaContent(File)
{
    /// <summary>Length; 0 when unknown.</summary>
    public uint Seconds { get; init; }

    /// <summary>64 loudnesses from 0 to 100.</summary>
    public byte[]? Waveform { get; init; }
}

/// <summary>Any other file.</summary>
/// <param name="File">The file.</param>
/// <param name="FileName">Its name.</param>
/// <param name="Caption">The text below it.</param>
public sealed record DocumentContent(MediaReference File, string? FileName = null, string? Caption = null) : MediaContent(File)
{
    /// <summary>The title, when it differs from the name.</summary>
    public string? Title { get; init; }

    /// <summary>Pages; 0 when unknown.</summary>
    public uint PageCount { get; init; }
}

/// <summary>A sticker: WebP, or a Lottie animation.</summary>
/// <param name="File">The file.</param>
public sealed record StickerContent(MediaReference File) : MediaContent(File)
{
    /// <summary>Whether it moves.</summary>
    public bool IsAnimated { get; init; }

    /// <summary>Whether it is a Lottie animation rather than WebP.</summary>
    public bool IsLottie { get; init; }

    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Width { get; init; }

    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Height { get; init; }
}

/// <summary>The head of an album. Its images and videos follow as messages of their own.</summary>
/// <param name="ImageCount">How many images follow.</param>
/// <param name="VideoCount">How many videos follow.</param>
public sealed record AlbumContent(uint ImageCount, uint VideoCount) : MessageContent;
