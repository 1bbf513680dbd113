using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Images, videos, sounds, documents, stickers and the head of an album. A file without address and hash is none.</summary>
internal static class MediaMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.ImageMessage is { } image)
            return Image(image);
        if (message.VideoMessage is { } video)
            return Video(video, video.GifPlayback ? VideoStyle.Gif : VideoStyle.Video);
        if (message.PtvMessage is { } note)
            return Video(note, VideoStyle.Note);
        if (message.AudioMessage is { } audio)
            return Audio(audio);
        if (message.DocumentMessage is { } document)
            return Document(document);
        if (message.StickerMessage is { } sticker)
            return Sticker(sticker);
        if (message.AlbumMessage is { } album)
            return new AlbumContent(album.ExpectedImageCount, album.ExpectedVideoCount) { Context = ContextMapping.Read(album.ContextInfo) };

        return null;
    }

    public static ImageContent? Image(ImageMessage? image) => File(image) is not { } file
        ? null
        : new(file, image!.Caption.OrNull())
        {
            MimeType = image.Mimetype.OrNull(),
            Width = image.Width,
            Height = image.Height,
            Thumbnail = image.JpegThumbnail.OrNull(),
            IsViewOnce = image.ViewOnce,
            Context = ContextMapping.Read(image.ContextInfo),
        };

    public static VideoContent? Video(VideoMessage? video, VideoStyle style = VideoStyle.Video) => File(video) is not { } file
        ? null
        : new(file, video!.Caption.OrNull(), style)
        {
            MimeType = video.Mimetype.OrNull(),
            Width = video.Width,
            Height = video.Height,
            Seconds = video.Seconds,
            Thumbnail = video.JpegThumbnail.OrNull(),
            IsViewOnce = video.ViewOnce,
            Context = ContextMapping.Read(video.ContextInfo),
        };

    public static DocumentContent? Document(DocumentMessage? document) => File(document) is not { } file
        ? null
        : new(file, document!.FileName.OrNull(), document.Caption.OrNull())
        {
            MimeType = document.Mimetype.OrNull(),
            Title = document.Title.OrNull(),
            PageCount = document.PageCount,
            Thumbnail = document.JpegThumbnail.OrNull(),
            Context = ContextMapping.Read(document.ContextInfo),
        };

    public static Message Write(MediaContent content) => content switch
    {
        ImageContent image => new() { ImageMessage = Write(image) },
        VideoContent { Style: VideoStyle.Note } note => new() { PtvMessage = Write(note) },
        VideoContent video => new() { VideoMessage = Write(video) },
        AudioContent audio => new() { AudioMessage = Write(audio) },
        DocumentContent document => Wrapped(document, new() { DocumentMessage = Write(document) }),
        StickerContent { IsLottie: true } sticker => new() { LottieStickerMessage = new() { Message = new() { StickerMessage = Write(sticker) } } },
        StickerContent sticker => new() { StickerMessage = Write(sticker) },
        _ => throw new ArgumentException($"Files of type {content.GetType().Name} cannot be sent.", nameof(content)),
    };

    public static Message Write(AlbumContent content) => new()
    {
        AlbumMessage = new()
        {
            ExpectedImageCount = content.ImageCount,
            ExpectedVideoCount = content.VideoCount,
            ContextInfo = ContextMapping.Write(content.Context),
        },
    };

    /// <summary>Clients show the text below a document only when it comes in this wrapper.</summary>
    private static Message Wrapped(DocumentContent content, Message document) => content.Caption is null
        ? document
        : new() { DocumentWithCaptionMessage = new() { Message = document } };

    private static AudioContent? Audio(AudioMessage audio) => File(audio) is not { } file
        ? null
        : new(file, audio.Ptt)
        {
            MimeType = audio.Mimetype.OrNull(),
            Seconds = audio.Seconds,
            Waveform = audio.Waveform.OrNull(),
            IsViewOnce = audio.ViewOnce,
            Context = ContextMapping.Read(audio.ContextInfo),
        };

    private static StickerContent? Sticker(StickerMessage sticker) => File(sticker) is not { } file
        ? null
        : new(file)
        {
            MimeType = sticker.Mimetype.OrNull(),
            IsAnimated = sticker.IsAnimated,
            IsLottie = sticker.IsLottie,
            Width = sticker.Width,
            Height = sticker.Height,
            Thumbnail = sticker.PngThumbnail.OrNull(),
            Context = ContextMapping.Read(sticker.ContextInfo),
        };

    private static MediaReference? File(IMediaMessage? media)
    {
        // A quote may leave out where the file lies; what it is tells its hash.
        if (media is null || (media.DirectPath.Length == 0 && media.Url.Length == 0 && media.FileSha256.IsEmpty))
            return null;

        return new(
            media.DirectPath.OrNull(),
            media.MediaKey.ToByteArray(),
            media.FileSha256.ToByteArray(),
            media.FileEncSha256.ToByteArray(),
            (long)Math.Min(media.FileLength, long.MaxValue))
        {
            Url = media.Url.OrNull(),
            KeyCreatedAt = UnixTime.FromSeconds(media.MediaKeyTimestamp),
        };
    }

    private static ImageMessage Write(ImageContent content)
    {
        var image = Common(content, new ImageMessage());
        if (content.Caption is { } caption)
            image.Caption = caption;
        if (content.Thumbnail is { } thumbnail)
            image.JpegThumbnail = ByteString.CopyFrom(thumbnail);
        if (content is { Width: > 0, Height: > 0 })
            (image.Width, image.Height) = (content.Width, content.Height);
        if (content.IsViewOnce)
            image.ViewOnce = true;

        return image;
    }

    private static VideoMessage Write(VideoContent content)
    {
        var video = Common(content, new VideoMessage());
        if (content.Caption is { } caption)
            video.Caption = caption;
        if (content.Thumbnail is { } thumbnail)
            video.JpegThumbnail = ByteString.CopyFrom(thumbnail);
        if (content is { Width: > 0, Height: > 0 })
            (video.Width, video.Height) = (content.Width, content.Height);
        if (content.Seconds > 0)
            video.Seconds = content.Seconds;
        if (content.Style == VideoStyle.Gif)
            video.GifPlayback = true;
        if (content.IsViewOnce)
            video.ViewOnce = true;

        return video;
    }

    private static AudioMessage Write(AudioContent content)
    {
        var audio = Common(content, new AudioMessage());
        if (content.Seconds > 0)
            audio.Seconds = content.Seconds;
        if (content.IsVoiceNote)
            audio.Ptt = true;
        if (content.Waveform is { } waveform)
            audio.Waveform = ByteString.CopyFrom(waveform);
        if (content.IsViewOnce)
            audio.ViewOnce = true;

        return audio;
    }

    private static DocumentMessage Write(DocumentContent content)
    {
        var document = Common(content, new DocumentMessage());
        if (content.FileName is { } name)
            document.FileName = name;
        if (content.Title is { } title)
            document.Title = title;
        if (content.Caption is { } caption)
            document.Caption = caption;
        if (content.PageCount > 0)
            document.PageCount = content.PageCount;
        if (content.Thumbnail is { } thumbnail)
            document.JpegThumbnail = ByteString.CopyFrom(thumbnail);

        return document;
    }

    private static StickerMessage Write(StickerContent content)
    {
        var sticker = Common(content, new StickerMessage());
        if (content is { Width: > 0, Height: > 0 })
            (sticker.Width, sticker.Height) = (content.Width, content.Height);
        if (content.IsAnimated)
            sticker.IsAnimated = true;
        if (content.IsLottie)
            sticker.IsLottie = true;
        if (content.Thumbnail is { } thumbnail)
            sticker.PngThumbnail = ByteString.CopyFrom(thumbnail);

        return sticker;
    }

    private static T Common<T>(MediaContent content, T media)
        where T : IMediaMessage
    {
        var file = content.File;
        if (file.Url is { } url)
            media.Url = url;
        if (file.DirectPath is { } path)
            media.DirectPath = path;
        if (content.MimeType is { } type)
            media.Mimetype = type;
        if (file.Key.Length > 0)
            media.MediaKey = ByteString.CopyFrom(file.Key);
        if (file.EncryptedSha256.Length > 0)
            media.FileEncSha256 = ByteString.CopyFrom(file.EncryptedSha256);
        media.FileSha256 = ByteString.CopyFrom(file.Sha256);
        media.FileLength = (ulong)file.Length;
        if (file.KeyCreatedAt is { } createdAt)
            media.MediaKeyTimestamp = createdAt.ToUnixTimeSeconds();
        media.ContextInfo = ContextMapping.Write(content.Context);
        return media;
    }
}
