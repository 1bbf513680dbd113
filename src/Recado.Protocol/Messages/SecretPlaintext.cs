using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>What stands inside an <see cref="EncryptedContent"/>: for each kind a protobuf of its own, without the target.</summary>
internal static class SecretPlaintext
{
    public static (EncryptedKind Kind, MessageTarget Target, DateTimeOffset? At, byte[] Plaintext) Write(MessageContent content) => content switch
    {
        PollVoteContent vote => (EncryptedKind.PollVote, vote.Poll, vote.At, Vote(vote).ToByteArray()),
        EventResponseContent response => (EncryptedKind.EventResponse, response.Event, null, Response(response).ToByteArray()),
        ReactionContent reaction => (EncryptedKind.Reaction, reaction.Target, null, Reaction(reaction).ToByteArray()),
        CommentContent comment => (EncryptedKind.Comment, comment.Target, null, MessageContentMapper.ToProto(comment.Content).ToByteArray()),
        PollOptionContent option => (EncryptedKind.PollOption, option.Poll, null, MessageContentMapper.ToProto(option).ToByteArray()),
        EditContent edit => (EditKind(edit.Content), edit.Target, null, new Message { ProtocolMessage = ActionMapping.Protocol(edit) }.ToByteArray()),
        _ => throw new ArgumentException($"Content of type {content?.GetType().Name ?? "null"} is not sent encrypted.", nameof(content)),
    };

    public static MessageContent Read(EncryptedContent content, byte[] plaintext) => content.Kind switch
    {
        EncryptedKind.PollVote => new PollVoteContent(
            content.Target, [.. Parse(PollVoteMessage.Parser, plaintext).SelectedOptions.Select(hash => hash.ToByteArray())], content.At),
        EncryptedKind.EventResponse => Response(content.Target, Parse(EventResponseMessage.Parser, plaintext)),
        EncryptedKind.Reaction => Reaction(content.Target, Parse(ReactionMessage.Parser, plaintext)),
        EncryptedKind.Comment => new CommentContent(content.Target, MessageContentMapper.FromProto(Parse(Message.Parser, plaintext))),
        _ => Edit(content.Target, MessageContentMapper.FromProto(Parse(Message.Parser, plaintext))),
    };

    /// <summary>Whatever the inside says it edits: what counts is the message whose secret opened it.</summary>
    private static MessageContent Edit(MessageTarget target, MessageContent inside) =>
        inside switch
        {
            EditContent edit => edit with { Target = target },
            PollOptionContent option => option with { Poll = target },
            _ => new EditContent(target, inside),
        };

    private static EncryptedKind EditKind(MessageContent content) => content switch
    {
        EventContent => EncryptedKind.EventEdit,
        PollContent => EncryptedKind.PollEdit,
        _ => EncryptedKind.MessageEdit,
    };

    private static PollVoteMessage Vote(PollVoteContent vote)
    {
        var message = new PollVoteMessage();
        message.SelectedOptions.AddRange(vote.OptionHashes.Select(hash => ByteString.CopyFrom(hash)));
        return message;
    }

    private static EventResponseMessage Response(EventResponseContent response)
    {
        var message = new EventResponseMessage { Response = (EventResponseMessage.Types.EventResponseType)response.Answer };
        if (response.At is { } at)
            message.TimestampMs = at.ToUnixTimeMilliseconds();
        if (response.ExtraGuests > 0)
            message.ExtraGuestCount = response.ExtraGuests;

        return message;
    }

    private static EventResponseContent Response(MessageTarget target, EventResponseMessage message) =>
        new(target, (EventAnswer)message.Response, UnixTime.FromMilliseconds(message.TimestampMs), message.ExtraGuestCount);

    private static ReactionMessage Reaction(ReactionContent reaction)
    {
        var message = new ReactionMessage { Text = reaction.Emoji };
        if (reaction.At is { } at)
            message.SenderTimestampMs = at.ToUnixTimeMilliseconds();

        return message;
    }

    private static ReactionContent Reaction(MessageTarget target, ReactionMessage message) =>
        new(target, message.Text, UnixTime.FromMilliseconds(message.SenderTimestampMs));

    private static T Parse<T>(MessageParser<T> parser, byte[] plaintext)
        where T : class, IMessage<T> =>
        Protobuf.TryParse(parser, plaintext) ?? throw ProtocolException.MalformedPayload("What was encrypted with the message secret is not a valid protobuf.");
}
