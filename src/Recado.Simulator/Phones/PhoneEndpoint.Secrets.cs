using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Phones;

/// <summary>Votes and other answers, which are encrypted with the secret of the message that they answer.</summary>
internal sealed partial class PhoneEndpoint
{
    private static readonly JsonParser JsonReader = new(JsonParser.Settings.Default);

    /// <summary>Answers a message of the inbox: a vote in a poll, an answer to an event.</summary>
    /// <returns>The message id of the answer.</returns>
    /// <exception cref="SimulatorException">There is no such message, it has no secret, or the service refuses the answer.</exception>
    public string Answer(string messageId, Func<MessageTarget, MessageContent> answer)
    {
        var asked = Inbox.Items.LastOrDefault(m => m.Id == messageId) ?? throw new SimulatorException($"There is no message {messageId} in the inbox.");
        var chat = Jid.Parse(asked.Chat);
        var secret = SecretOf(JsonReader.Parse<Message>(asked.Message)) ?? throw new SimulatorException($"The message {messageId} takes no answers.");
        var content = answer(new MessageTarget(messageId, chat, asked.FromMe, asked.FromMe ? null : AuthorIn(asked)));
        var author = Jid.Parse(asked.Sender).ToUser();
        var hidden = MessageSecret.Seal(content, secret, author, NameLike(author), _exchange.Random);
        return Submit(Prepare(chat, MessageContentMapper.ToProto(hidden)));
    }

    /// <summary>What stands inside; the content as it is when its message is not known.</summary>
    private MessageContent Open(MessageContent content, Jid actor)
    {
        if (content is not EncryptedContent hidden || FindAsked(hidden.Target.Id) is not var (asked, author) || SecretOf(asked) is not { } secret)
            return content;

        try
        {
            var opened = MessageSecret.Open(hidden, secret, NamesOf(author), NamesOf(actor));
            return opened is PollVoteContent vote && MessageContentMapper.FromProto(asked) is PollContent poll
                ? vote with { Options = [.. vote.Choices(poll.Options)] }
                : opened;
        }
        catch (ProtocolException)
        {
            return content;
        }
    }

    private (Message Message, Jid Author)? FindAsked(string id)
    {
        if (_sent.TryGetValue(id, out var sent))
            return (sent.Message, Account.LidJid);

        return Inbox.Items.LastOrDefault(m => m.Id == id) is { } received
            ? (JsonReader.Parse<Message>(received.Message), Jid.Parse(received.Sender).ToUser())
            : null;
    }

    private IReadOnlyList<Jid> NamesOf(Jid jid) => _exchange.Accounts.Find(jid) is { } account ? [account.LidJid, account.PhoneJid] : [jid.ToUser()];

    private Jid NameLike(Jid jid) => jid.IsLid ? Account.LidJid : Account.PhoneJid;

    private static byte[]? SecretOf(Message message) =>
        message.MessageContextInfo?.MessageSecret is { Length: MessageSecret.Length } secret ? secret.ToByteArray() : null;
}
