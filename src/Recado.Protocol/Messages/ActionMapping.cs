using Google.Protobuf;
using Recado.Protocol.Proto;
using ProtocolType = Recado.Protocol.Proto.ProtocolMessage.Types.Type;

namespace Recado.Protocol.Messages;

/// <summary>What acts on another message or on the chat: reaction, edit, revoke, pin, keep, disappearing timer, and what is encrypted.</summary>
internal static class ActionMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.ReactionMessage is { } reaction)
            return Reaction(reaction);
        if (message.ProtocolMessage is { } protocol)
            return Protocol(protocol);
        if (message.PinInChatMessage is { } pin)
            return Pin(pin, message.MessageContextInfo);
        if (message.KeepInChatMessage is { } keep)
            return Keep(keep);

        return Encrypted(message);
    }

    public static Message Write(ReactionContent content)
    {
        var reaction = new ReactionMessage { Key = content.Target.ToKey(), Text = content.Emoji };
        if (content.At is { } at)
            reaction.SenderTimestampMs = at.ToUnixTimeMilliseconds();

        return new() { ReactionMessage = reaction };
    }

    public static Message Write(EditContent content) =>
        new() { EditedMessage = new() { Message = new() { ProtocolMessage = Protocol(content) } } };

    /// <summary>The edit itself, which is sent in a wrapper or encrypted.</summary>
    public static ProtocolMessage Protocol(EditContent content)
    {
        var edit = new ProtocolMessage
        {
            Key = content.Target.ToKey(),
            Type = ProtocolType.MessageEdit,
            EditedMessage = MessageContentMapper.ToProto(content.Content),
        };
        if (content.At is { } at)
            edit.TimestampMs = at.ToUnixTimeMilliseconds();

        return edit;
    }

    public static Message Write(RevokeContent content) =>
        new() { ProtocolMessage = new() { Key = content.Target.ToKey(), Type = ProtocolType.Revoke } };

    public static Message Write(PinContent content)
    {
        var pin = new PinInChatMessage
        {
            Key = content.Target.ToKey(),
            Type = content.IsPinned ? PinInChatMessage.Types.Type.Pin : PinInChatMessage.Types.Type.Unpin,
        };
        if (content.At is { } at)
            pin.SenderTimestampMs = at.ToUnixTimeMilliseconds();

        var message = new Message { PinInChatMessage = pin };
        if (content.Duration is { } duration)
            message.MessageContextInfo = new() { MessageAddOnDurationInSecs = duration.ToWholeSeconds() };

        return message;
    }

    public static Message Write(KeepContent content)
    {
        var keep = new KeepInChatMessage
        {
            Key = content.Target.ToKey(),
            KeepType = content.IsKept ? KeepInChatMessage.Types.KeepType.KeepForAll : KeepInChatMessage.Types.KeepType.UndoKeepForAll,
        };
        if (content.At is { } at)
            keep.TimestampMs = at.ToUnixTimeMilliseconds();

        return new() { KeepInChatMessage = keep };
    }

    public static Message Write(DisappearingTimerContent content)
    {
        var setting = new ProtocolMessage
        {
            Type = ProtocolType.EphemeralSetting,
            EphemeralExpiration = content.Duration?.ToWholeSeconds() ?? 0,
        };
        if (content.At is { } at)
            setting.EphemeralSettingTimestamp = at.ToUnixTimeSeconds();

        return new() { ProtocolMessage = setting };
    }

    public static Message Write(EncryptedContent content)
    {
        var key = content.Target.ToKey();
        var payload = ByteString.CopyFrom(content.Payload.Ciphertext);
        var iv = ByteString.CopyFrom(content.Payload.Iv);
        return content.Kind switch
        {
            EncryptedKind.PollVote => new() { PollUpdateMessage = Vote(content, key, payload, iv) },
            EncryptedKind.Reaction => new() { EncReactionMessage = Encrypted() },
            EncryptedKind.Comment => new() { EncCommentMessage = Encrypted() },
            EncryptedKind.EventResponse => new() { EncEventResponseMessage = Encrypted() },
            _ => new()
            {
                SecretEncryptedMessage = new() { TargetMessageKey = key, EncPayload = payload, EncIv = iv, SecretEncType = Type(content.Kind) },
            },
        };

        EncryptedTargetMessage Encrypted() => new() { TargetMessageKey = key, EncPayload = payload, EncIv = iv };
    }

    private static ReactionContent? Reaction(ReactionMessage reaction) => reaction.Key.ToTarget() is { } target
        ? new(target, reaction.Text, UnixTime.FromMilliseconds(reaction.SenderTimestampMs))
        : null;

    private static MessageContent? Protocol(ProtocolMessage protocol)
    {
        if (protocol.Type == ProtocolType.EphemeralSetting)
            return Timer(protocol);
        if (protocol.Key.ToTarget() is not { } target)
            return null;

        return protocol.Type switch
        {
            ProtocolType.Revoke => new RevokeContent(target),
            ProtocolType.MessageEdit when protocol.EditedMessage is { } edited => Edit(target, edited, protocol.TimestampMs),
            _ => null,
        };
    }

    private static DisappearingTimerContent Timer(ProtocolMessage setting) =>
        new(setting.EphemeralExpiration.ToDuration(), UnixTime.FromSeconds(setting.EphemeralSettingTimestamp));

    /// <summary>Only content can take the place of content: an edit of an edit is none. A caption may come without its file.</summary>
    private static EditContent? Edit(MessageTarget target, Message edited, long timestamp) => MessageContentMapper.FromProto(edited) switch
    {
        EditContent => null,
        UnsupportedContent when Caption(edited) is { } caption => new(target, new TextContent(caption), UnixTime.FromMilliseconds(timestamp)),
        var content => new(target, content, UnixTime.FromMilliseconds(timestamp)),
    };

    private static string? Caption(Message edited)
    {
        var inner = MessageContentMapper.Unwrap(edited);
        return (inner.ImageMessage?.Caption ?? inner.VideoMessage?.Caption ?? inner.DocumentMessage?.Caption)?.OrNull();
    }

    private static PinContent? Pin(PinInChatMessage pin, MessageContextInfo? info) =>
        pin.Key.ToTarget() is not { } target || pin.Type == PinInChatMessage.Types.Type.Unknown
            ? null
            : new(
                target,
                pin.Type == PinInChatMessage.Types.Type.Pin,
                info?.MessageAddOnDurationInSecs.ToDuration(),
                UnixTime.FromMilliseconds(pin.SenderTimestampMs));

    private static KeepContent? Keep(KeepInChatMessage keep) =>
        keep.Key.ToTarget() is not { } target || keep.KeepType == KeepInChatMessage.Types.KeepType.Unknown
            ? null
            : new(target, keep.KeepType == KeepInChatMessage.Types.KeepType.KeepForAll, UnixTime.FromMilliseconds(keep.TimestampMs));

    private static EncryptedContent? Encrypted(Message message)
    {
        if (message.PollUpdateMessage is { Vote: { } vote } poll)
            return Encrypted(EncryptedKind.PollVote, poll.PollCreationMessageKey, vote.EncIv, vote.EncPayload, poll.SenderTimestampMs);
        if (message.EncReactionMessage is { } reaction)
            return Encrypted(EncryptedKind.Reaction, reaction);
        if (message.EncCommentMessage is { } comment)
            return Encrypted(EncryptedKind.Comment, comment);
        if (message.EncEventResponseMessage is { } response)
            return Encrypted(EncryptedKind.EventResponse, response);
        if (message.SecretEncryptedMessage is { } secret && Kind(secret.SecretEncType) is { } kind)
            return Encrypted(kind, secret.TargetMessageKey, secret.EncIv, secret.EncPayload);

        return null;
    }

    private static EncryptedContent? Encrypted(EncryptedKind kind, EncryptedTargetMessage message) =>
        Encrypted(kind, message.TargetMessageKey, message.EncIv, message.EncPayload);

    private static EncryptedContent? Encrypted(EncryptedKind kind, MessageKey? key, ByteString iv, ByteString payload, long timestamp = 0) =>
        key.ToTarget() is { } target
            ? new(kind, target, new(iv.ToByteArray(), payload.ToByteArray()), UnixTime.FromMilliseconds(timestamp))
            : null;

    private static PollUpdateMessage Vote(EncryptedContent content, MessageKey key, ByteString payload, ByteString iv)
    {
        var update = new PollUpdateMessage { PollCreationMessageKey = key, Vote = new() { EncPayload = payload, EncIv = iv } };
        if (content.At is { } at)
            update.SenderTimestampMs = at.ToUnixTimeMilliseconds();

        return update;
    }

    private static EncryptedKind? Kind(SecretEncryptedMessage.Types.SecretEncType type) => type switch
    {
        SecretEncryptedMessage.Types.SecretEncType.MessageEdit => EncryptedKind.MessageEdit,
        SecretEncryptedMessage.Types.SecretEncType.EventEdit => EncryptedKind.EventEdit,
        SecretEncryptedMessage.Types.SecretEncType.PollEdit => EncryptedKind.PollEdit,
        SecretEncryptedMessage.Types.SecretEncType.PollAddOption => EncryptedKind.PollOption,
        _ => null,
    };

    private static SecretEncryptedMessage.Types.SecretEncType Type(EncryptedKind kind) => kind switch
    {
        EncryptedKind.MessageEdit => SecretEncryptedMessage.Types.SecretEncType.MessageEdit,
        EncryptedKind.EventEdit => SecretEncryptedMessage.Types.SecretEncType.EventEdit,
        EncryptedKind.PollEdit => SecretEncryptedMessage.Types.SecretEncType.PollEdit,
        EncryptedKind.PollOption => SecretEncryptedMessage.Types.SecretEncType.PollAddOption,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind has a message of its own."),
    };
}
