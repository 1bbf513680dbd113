using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Between the protobuf of the wire and <see cref="MessageContent"/>.</summary>
public static class MessageContentMapper
{
    private const int MaxWrappers = 5, MediaAlbum = 1;

    /// <summary>Reads a decrypted and unpadded message.</summary>
    /// <exception cref="ProtocolException">The bytes are not a message (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static Message Parse(ReadOnlySpan<byte> protobuf) =>
        Protobuf.TryParse(Message.Parser, protobuf)
        ?? throw ProtocolException.MalformedPayload("The decrypted message is not a valid protobuf.");

    /// <summary>
    /// What the message says, without the wrappers that only tell how to show it. A message sent from another own device
    /// (<c>deviceSentMessage</c>) is not unwrapped: whether that may be believed depends on the sender. A kind that lacks what
    /// makes it up, such as a reaction to nothing, is <see cref="UnsupportedContent"/>.
    /// </summary>
    public static MessageContent FromProto(Message message)
    {
        var inner = Unwrap(message, out var isViewOnce);
        var content = TextMapping.Read(inner)
            ?? MediaMapping.Read(inner)
            ?? CardMapping.Read(inner)
            ?? ActionMapping.Read(inner)
            ?? PollMapping.Read(inner)
            ?? MenuMapping.Read(inner)
            ?? CommerceMapping.Read(inner)
            ?? NoticeMapping.Read(inner);

        return content switch
        {
            MediaContent media => media with { IsViewOnce = media.IsViewOnce || isViewOnce, Album = AlbumOf(inner) ?? AlbumOf(message) },
            null => Unsupported(inner),
            _ => content,
        };
    }

    /// <summary>The message to pad and encrypt; without message secret, which belongs to the sending.</summary>
    /// <exception cref="ProtocolException">The bytes of an <see cref="UnsupportedContent"/>, <see cref="BusinessContent"/> or <see cref="NoticeContent"/> are not a message.</exception>
    public static Message ToProto(MessageContent content) => content switch
    {
        TextContent text => TextMapping.Write(text),
        MediaContent media => ViewOnce(media, MediaMapping.Write(media)),
        AlbumContent album => MediaMapping.Write(album),
        LocationContent location => new() { LocationMessage = CardMapping.Write(location) },
        LiveLocationContent live => new() { LiveLocationMessage = CardMapping.Write(live) },
        ContactsContent contacts => CardMapping.Write(contacts),
        GroupInviteContent invite => new() { GroupInviteMessage = CardMapping.Write(invite) },
        ReactionContent reaction => ActionMapping.Write(reaction),
        EditContent edit => ActionMapping.Write(edit),
        RevokeContent revoke => ActionMapping.Write(revoke),
        PinContent pin => ActionMapping.Write(pin),
        KeepContent keep => ActionMapping.Write(keep),
        DisappearingTimerContent timer => ActionMapping.Write(timer),
        EncryptedContent encrypted => ActionMapping.Write(encrypted),
        PollContent poll => PollMapping.Write(poll),
        EventContent happening => PollMapping.Write(happening),
        PollOptionContent option => PollMapping.Write(option),
        BusinessContent business => Parse(business.Protobuf),
        NoticeContent notice => Parse(notice.Protobuf),
        UnsupportedContent other => Parse(other.Protobuf),
        _ => throw new ArgumentException($"Content of type {content?.GetType().Name ?? "null"} cannot be sent.", nameof(content)),
    };

    /// <summary>The message inside up to five wrappers.</summary>
    public static Message Unwrap(Message message) => Unwrap(message, out _);

    private static Message Unwrap(Message message, out bool isViewOnce)
    {
        ArgumentNullException.ThrowIfNull(message);
        isViewOnce = false;
        for (var level = 0; level < MaxWrappers && Inner(message) is { } inner; level++)
        {
            isViewOnce |= IsViewOnce(message);
            message = inner;
        }

        return message;
    }

    private static MessageTarget? AlbumOf(Message message) =>
        message.MessageContextInfo?.MessageAssociation is { AssociationType: MediaAlbum } association ? association.ParentMessageKey.ToTarget() : null;

    private static UnsupportedContent Unsupported(Message message)
    {
        var protobuf = message.ToByteArray();
        return new(MessageKind.Of(message, protobuf), protobuf);
    }

    private static bool IsViewOnce(Message message) =>
        message.ViewOnceMessage is not null || message.ViewOnceMessageV2 is not null || message.ViewOnceMessageV2Extension is not null;

    /// <summary>The wrapper differs for sounds, which older clients would not hide.</summary>
    private static Message ViewOnce(MediaContent content, Message message) => content switch
    {
        { IsViewOnce: false } => message,
        AudioContent => new() { ViewOnceMessageV2Extension = new() { Message = message } },
        _ => new() { ViewOnceMessageV2 = new() { Message = message } },
    };

    private static Message? Inner(Message message)
    {
        var wrapper = message.EphemeralMessage
            ?? message.ViewOnceMessage
            ?? message.ViewOnceMessageV2
            ?? message.ViewOnceMessageV2Extension
            ?? message.DocumentWithCaptionMessage
            ?? message.EditedMessage
            ?? message.GroupMentionedMessage
            ?? message.BotInvokeMessage
            ?? message.LottieStickerMessage
            ?? message.AssociatedChildMessage
            ?? message.PollCreationMessageV4
            ?? message.GroupStatusMessage
            ?? message.GroupStatusMessageV2;
        return wrapper?.Message;
    }
}
