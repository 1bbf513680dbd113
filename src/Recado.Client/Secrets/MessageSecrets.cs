using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Secrets;

/// <summary>
/// The secrets of messages, kept for what others say about them in encrypted form: votes, answers to events, comments, edits.
/// </summary>
internal sealed class MessageSecrets(OwnDevice own, ClientOptions options)
{
    private static readonly TimeSpan AskingLifetime = TimeSpan.FromDays(365); // polls and events are answered for as long as they are seen
    private static readonly TimeSpan GroupLifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2); // in a chat of two only an edit can follow, and soon

    /// <summary>Keeps the secret of a message that arrived, if it has one. Nobody can replace the secret of somebody else's message.</summary>
    public async ValueTask TakeAsync(
        DeviceTransaction device,
        Jid chat,
        string messageId,
        Jid author,
        Message message,
        MessageContent content,
        CancellationToken ct)
    {
        if (SecretOf(message) is not { } secret)
            return;

        var key = Keys.MessageSecret(chat, messageId);
        if (await device.ReadAsync(key, KeptSecret.Parse, ct).ConfigureAwait(false) is null)
            Put(device, key, secret, author, content, LifetimeOf(content, chat.IsGroup));
    }

    /// <summary>Keeps the secret of a message of the past, as long as it would have been kept had it come when it was written.</summary>
    public async ValueTask TakePastAsync(
        DeviceTransaction device,
        MessageEnvelope envelope,
        Jid author,
        byte[] secret,
        MessageContent content,
        CancellationToken ct)
    {
        var left = envelope.Timestamp + LifetimeOf(content, envelope.IsGroup) - options.Time.GetUtcNow();
        var key = Keys.MessageSecret(envelope.Chat, envelope.Id);
        if (left > TimeSpan.Zero
            && secret.Length == MessageSecret.Length
            && await device.ReadAsync(key, KeptSecret.Parse, ct).ConfigureAwait(false) is null)
            Put(device, key, secret, author, content, left);
    }

    /// <summary>Keeps the secret of our own message if others answer it. Of the rest, the sent message itself is kept long enough.</summary>
    public void TakeOwn(DeviceTransaction device, Jid chat, string messageId, Jid author, Message message, MessageContent content)
    {
        if (content is PollContent or EventContent && SecretOf(message) is { } secret)
            Put(device, Keys.MessageSecret(chat, messageId), secret, author, content, LifetimeOf(content, isGroup: false));
    }

    /// <summary>What stands inside, or the content as it is when the message it is about is not known here or does not open it.</summary>
    public async ValueTask<MessageContent> OpenAsync(
        DeviceTransaction device,
        Jid chat,
        Jid actor,
        EncryptedContent content,
        CancellationToken ct)
    {
        if (await FindAsync(device, chat, content.Target.Id, ct).ConfigureAwait(false) is not { } kept)
            return content;

        var authors = await NamesAsync(device, kept.Author, ct).ConfigureAwait(false);
        var actors = await NamesAsync(device, actor, ct).ConfigureAwait(false);
        try
        {
            var opened = MessageSecret.Open(content, kept.Secret, authors, actors);
            if (opened is PollOptionContent added && !kept.Options.Contains(added.Option))
                await PutAsync(device, chat, content.Target.Id, kept with { Options = [.. kept.Options, added.Option] }, ct).ConfigureAwait(false);
            return opened is PollVoteContent vote ? vote with { Options = [.. vote.Choices(kept.Options)] } : opened;
        }
        catch (ProtocolException)
        {
            return content;
        }
    }

    /// <summary>Encrypts what we say about a message; null when that message is not known here.</summary>
    public async ValueTask<MessageContent?> SealAsync(
        DeviceTransaction device,
        Jid chat,
        MessageTarget target,
        MessageContent content,
        CancellationToken ct)
    {
        if (await FindAsync(device, chat, target.Id, ct).ConfigureAwait(false) is not { } kept)
            return null;

        return MessageSecret.Seal(content, kept.Secret, kept.Author, own.JidLike(kept.Author), options.Random);
    }

    /// <summary>A poll that is known has more options now; later votes may name them.</summary>
    private async ValueTask PutAsync(DeviceTransaction device, Jid chat, string messageId, KeptSecret poll, CancellationToken ct)
    {
        foreach (var name in await NamesAsync(device, chat, ct).ConfigureAwait(false))
        {
            var key = Keys.MessageSecret(name, messageId);
            if (await device.ReadAsync(key, KeptSecret.Parse, ct).ConfigureAwait(false) is not null)
                device.Put(key, poll.Serialize(), poll, options.Time.GetUtcNow() + AskingLifetime);
        }
    }

    private async ValueTask<KeptSecret?> FindAsync(DeviceTransaction device, Jid chat, string messageId, CancellationToken ct)
    {
        foreach (var name in await NamesAsync(device, chat, ct).ConfigureAwait(false))
        {
            if (await device.ReadAsync(Keys.MessageSecret(name, messageId), KeptSecret.Parse, ct).ConfigureAwait(false) is { } kept)
                return kept;
        }

        return await SentMessage.FindAsync(device, messageId, ct).ConfigureAwait(false) is { } sent
            && SecretOf(Message.Parser.ParseFrom(sent.Protobuf)) is { } secret
            ? new(secret, (sent.Self ?? own.JidLike(sent.To)).ToUser(), [])
            : null;
    }

    /// <summary>A user's names as far as known, the given one first.</summary>
    private async ValueTask<IReadOnlyList<Jid>> NamesAsync(DeviceTransaction device, Jid jid, CancellationToken ct)
    {
        var user = jid.ToUser();
        var other =
            own.Paired.IsOwn(user) ? (user.IsLid ? own.Paired.PhoneNumber : own.Paired.Lid)
            : user.IsLid ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false)
            : await device.LidOfAsync(user, ct).ConfigureAwait(false);
        return other is { } name ? [user, name.ToUser()] : [user];
    }

    private void Put(DeviceTransaction device, DeviceRecordKey key, byte[] secret, Jid author, MessageContent content, TimeSpan lifetime)
    {
        var kept = new KeptSecret(secret, author.ToUser(), content is PollContent poll ? poll.Options : []);
        device.Put(key, kept.Serialize(), kept, options.Time.GetUtcNow() + lifetime);
    }

    private static TimeSpan LifetimeOf(MessageContent content, bool isGroup) =>
        content is PollContent or EventContent ? AskingLifetime
        : isGroup ? GroupLifetime
        : Lifetime;

    private static byte[]? SecretOf(Message message)
    {
        var secret = (message.MessageContextInfo ?? MessageContentMapper.Unwrap(message).MessageContextInfo)?.MessageSecret;
        return secret?.Length == MessageSecret.Length ? secret.ToByteArray() : null;
    }
}
