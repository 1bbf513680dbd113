using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Between the protobuf of the wire and <see cref="MessageContent"/>.</summary>
public static class MessageContentMapper
{
    private const int MaxWrappers = 5;

    /// <summary>Reads a decrypted and unpadded message.</summary>
    /// <exception cref="ProtocolException">The bytes are not a message (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static Message Parse(ReadOnlySpan<byte> protobuf) =>
        Protobuf.TryParse(Message.Parser, protobuf)
        ?? throw ProtocolException.MalformedPayload("The decrypted message is not a valid protobuf.");

    /// <summary>
    /// What the message says, without the wrappers that only tell how to show it. A message sent from another own device
    /// (<c>deviceSentMessage</c>) is not unwrapped: whether that may be believed depends on the sender.
    /// </summary>
    public static MessageContent FromProto(Message message)
    {
        var inner = Unwrap(message);
        if (inner.HasConversation)
            return new TextContent(inner.Conversation);
        if (inner.ExtendedTextMessage is { HasText: true } extended)
            return new TextContent(extended.Text);

        var protobuf = inner.ToByteArray();
        return new UnsupportedContent(MessageKind.Of(inner, protobuf), protobuf);
    }

    /// <summary>The message to pad and encrypt.</summary>
    /// <exception cref="ProtocolException">The bytes of an <see cref="UnsupportedContent"/> are not a message.</exception>
    public static Message ToProto(MessageContent content) => content switch
    {
        TextContent text => new Message { Conversation = text.Text },
        UnsupportedContent other => Parse(other.Protobuf),
        _ => throw new ArgumentException($"Content of type {content?.GetType().Name ?? "null"} cannot be sent.", nameof(content)),
    };

    /// <summary>The message inside up to five wrappers.</summary>
    public static Message Unwrap(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        for (var level = 0; level < MaxWrappers && Inner(message) is { } inner; level++)
            message = inner;

        return message;
    }

    private static Message? Inner(Message message)
    {
        var wrapper = message.EphemeralMessage
            ?? message.ViewOnceMessage
            ?? message.ViewOnceMessageV2
            ?? message.ViewOnceMessageV2Extension
            ?? message.DocumentWithCaptionMessage
            ?? message.EditedMessage
            ?? message.BotInvokeMessage
            ?? message.LottieStickerMessage
            ?? message.AssociatedChildMessage
            ?? message.GroupStatusMessage
            ?? message.GroupStatusMessageV2;
        return wrapper?.Message;
    }
}
