using Google.Protobuf;

namespace Recado.Protocol.Proto;

/// <summary>The fields that every kind of file has, under numbers of its own.</summary>
internal interface IMediaMessage
{
    string Url { get; set; }

    string DirectPath { get; set; }

    string Mimetype { get; set; }

    ByteString MediaKey { get; set; }

    ByteString FileSha256 { get; set; }

    ByteString FileEncSha256 { get; set; }

    ulong FileLength { get; set; }

    long MediaKeyTimestamp { get; set; }

    ContextInfo? ContextInfo { get; set; }
}

/// <summary>A picture.</summary>
public sealed partial class ImageMessage : IMediaMessage;

/// <summary>A video.</summary>
public sealed partial class VideoMessage : IMediaMessage;

/// <summary>A sound.</summary>
public sealed partial class AudioMessage : IMediaMessage;

/// <summary>A document.</summary>
public sealed partial class DocumentMessage : IMediaMessage;

/// <summary>A sticker.</summary>
public sealed partial class StickerMessage : IMediaMessage;
