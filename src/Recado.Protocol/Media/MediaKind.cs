namespace Recado.Protocol.Media;

/// <summary>What a file is to the service. Each kind has keys of its own and a path of its own on the media hosts.</summary>
public enum MediaKind
{
    /// <summary>A picture.</summary>
    Image,

    /// <summary>A sticker.</summary>
    Sticker,

    /// <summary>A video, GIF or video note.</summary>
    Video,

    /// <summary>A sound or voice note.</summary>
    Audio,

    /// <summary>Any other file.</summary>
    Document,

    /// <summary>A set of stickers.</summary>
    StickerPack,

    /// <summary>A part of the history that the phone hands over.</summary>
    HistorySync,

    /// <summary>Settings of chats and contacts that do not fit into a stanza.</summary>
    AppState,

    /// <summary>The large picture of a link preview.</summary>
    LinkThumbnail,

    /// <summary>The preview of a picture.</summary>
    ImageThumbnail,

    /// <summary>The preview of a video.</summary>
    VideoThumbnail,

    /// <summary>The preview of a document.</summary>
    DocumentThumbnail,
}

/// <summary>The names of the kinds on the wire.</summary>
internal static class MediaKindNames
{
    /// <summary>The name in paths and queries of the media hosts.</summary>
    public static string ToPathName(this MediaKind kind) => kind switch
    {
        MediaKind.Image or MediaKind.Sticker => "image",
        MediaKind.Video => "video",
        MediaKind.Audio => "audio",
        MediaKind.Document => "document",
        MediaKind.StickerPack => "sticker-pack",
        MediaKind.HistorySync => "md-msg-hist",
        MediaKind.AppState => "md-app-state",
        MediaKind.LinkThumbnail => "thumbnail-link",
        MediaKind.ImageThumbnail => "thumbnail-image",
        MediaKind.VideoThumbnail => "thumbnail-video",
        MediaKind.DocumentThumbnail => "thumbnail-document",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>The label that makes the keys of one kind useless for another.</summary>
    public static ReadOnlySpan<byte> ToKeyLabel(this MediaKind kind) => kind switch
    {
        MediaKind.Image or MediaKind.Sticker => "WhatsApp Image Keys"u8,
        MediaKind.Video => "WhatsApp Video Keys"u8,
        MediaKind.Audio => "WhatsApp Audio Keys"u8,
        MediaKind.Document => "WhatsApp Document Keys"u8,
        MediaKind.StickerPack => "WhatsApp Sticker Pack Keys"u8,
        MediaKind.HistorySync => "WhatsApp History Keys"u8,
        MediaKind.AppState => "WhatsApp App State Keys"u8,
        MediaKind.LinkThumbnail => "WhatsApp Link Thumbnail Keys"u8,
        MediaKind.ImageThumbnail => "WhatsApp Image Thumbnail Keys"u8,
        MediaKind.VideoThumbnail => "WhatsApp Video Thumbnail Keys"u8,
        MediaKind.DocumentThumbnail => "WhatsApp Document Thumbnail Keys"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
