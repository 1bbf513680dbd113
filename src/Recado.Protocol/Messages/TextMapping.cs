using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Text, with and without link preview.</summary>
internal static class TextMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.HasConversation)
            return new TextContent(message.Conversation);
        if (message.ExtendedTextMessage is { HasText: true } extended)
            return new TextContent(extended.Text, Preview(extended)) { Context = ContextMapping.Read(extended.ContextInfo) };

        return null;
    }

    /// <summary>The short form, unless there is more to say than the text.</summary>
    public static Message Write(TextContent content)
    {
        if (content is { Preview: null, Context: null })
            return new() { Conversation = content.Text };

        var extended = new ExtendedTextMessage { Text = content.Text, ContextInfo = ContextMapping.Write(content.Context) };
        if (content.Preview is { } preview)
            WritePreview(extended, preview);

        return new() { ExtendedTextMessage = extended };
    }

    private static LinkPreview? Preview(ExtendedTextMessage extended) => extended.MatchedText.Length == 0
        ? null
        : new(extended.MatchedText, extended.Title.OrNull(), extended.Description.OrNull(), extended.JpegThumbnail.OrNull())
        {
            LargeThumbnail = extended.ThumbnailDirectPath.OrNull() is { } path
                ? new(
                    path,
                    extended.MediaKey.ToByteArray(),
                    extended.ThumbnailSha256.ToByteArray(),
                    extended.ThumbnailEncSha256.ToByteArray(),
                    Length: 0)
                {
                    KeyCreatedAt = UnixTime.FromSeconds(extended.MediaKeyTimestamp),
                }
                : null,
            Width = extended.ThumbnailWidth,
            Height = extended.ThumbnailHeight,
        };

    private static void WritePreview(ExtendedTextMessage extended, LinkPreview preview)
    {
        extended.MatchedText = preview.Url;
        if (preview.Title is { } title)
            extended.Title = title;
        if (preview.Description is { } description)
            extended.Description = description;
        if (preview.Thumbnail is { } thumbnail)
            extended.JpegThumbnail = ByteString.CopyFrom(thumbnail);
        if (preview.LargeThumbnail is not { DirectPath: { } path } large)
            return;

        extended.ThumbnailDirectPath = path;
        extended.MediaKey = ByteString.CopyFrom(large.Key);
        extended.ThumbnailSha256 = ByteString.CopyFrom(large.Sha256);
        extended.ThumbnailEncSha256 = ByteString.CopyFrom(large.EncryptedSha256);
        if (large.KeyCreatedAt is { } createdAt)
            extended.MediaKeyTimestamp = createdAt.ToUnixTimeSeconds();
        extended.ThumbnailWidth = preview.Width;
        extended.ThumbnailHeight = preview.Height;
    }
}
