using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Secrets;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Messages;

namespace Recado.Client.History;

/// <summary>Makes messages of the past into what an event holds, within one transaction.</summary>
internal sealed class HistoryRows(DeviceTransaction device, OwnDevice own, MessageSecrets secrets)
{
    private readonly List<HistoricMessage> _messages = [];
    private readonly List<HistoricMessage> _remarks = []; // last, so that what they are about is there before them
    private readonly Dictionary<Jid, Names> _names = []; // a batch is of few chats and fewer people

    public IReadOnlyList<HistoricMessage> Rows => [.. _messages, .. _remarks];

    /// <summary>Adds a message, and what others have said about it as messages of their own.</summary>
    public async ValueTask AddAsync(Jid chat, HistoryMessage message, bool isUnread, CancellationToken ct)
    {
        if (message.Timestamp is not { } at || AuthorOf(chat, message.FromMe, message.Author) is not { } author)
            return; // nobody could tell where it belongs

        var envelope = await EnvelopeAsync(chat, author, message.Id, message.FromMe, at, message.PushName, ct).ConfigureAwait(false);
        var content = message.Content;
        if (content is EncryptedContent hidden)
            content = await secrets.OpenAsync(device, envelope.Chat, author, hidden, ct).ConfigureAwait(false);
        if (content is not null && message.Secret is { } secret)
            await secrets.TakePastAsync(device, envelope, author, secret, content, ct).ConfigureAwait(false);

        _messages.Add(new(envelope, content, StatusOf(message, isUnread)) { Notice = message.StubType, NoticeParameters = message.StubParameters });

        var target = new MessageTarget(message.Id, chat, message.FromMe, message.FromMe ? null : message.Author);
        foreach (var reaction in message.Reactions)
            await AddAboutAsync(chat, reaction.Target, reaction.At ?? at, reaction with { Target = target }, ct).ConfigureAwait(false);
        foreach (var vote in message.Votes)
        {
            var options = content is PollContent poll ? vote.Choices(poll.Options) : [];
            await AddAboutAsync(chat, vote.Poll, vote.At ?? at, vote with { Poll = target, Options = [.. options] }, ct).ConfigureAwait(false);
        }

        foreach (var answer in message.Answers)
            await AddAboutAsync(chat, answer.Event, answer.At ?? at, answer with { Event = target }, ct).ConfigureAwait(false);
    }

    private async ValueTask AddAboutAsync(Jid chat, MessageTarget key, DateTimeOffset at, MessageContent content, CancellationToken ct)
    {
        if (AuthorOf(chat, key.IsFromActor, key.Author) is { } author)
            _remarks.Add(new(
                await EnvelopeAsync(chat, author, key.Id, key.IsFromActor, at, pushName: null, ct).ConfigureAwait(false),
                content,
                key.IsFromActor ? MessageStatus.Sent : MessageStatus.Read));
    }

    private Jid? AuthorOf(Jid chat, bool isOwn, Jid? author) =>
        isOwn ? own.JidLike(chat)
        : chat.IsGroup ? author
        : chat;

    private async ValueTask<MessageEnvelope> EnvelopeAsync(
        Jid chat, Jid author, string id, bool isOwn, DateTimeOffset at, string? pushName, CancellationToken ct)
    {
        var of = isOwn ? new(own.Paired.Lid?.ToUser(), own.Paired.PhoneNumber?.ToUser(), ContactName: null) : await NamesAsync(author, ct).ConfigureAwait(false);
        var partner = chat.IsGroup ? default : await NamesAsync(chat, ct).ConfigureAwait(false);
        return new()
        {
            Id = id,
            Chat = partner.Lid ?? chat.ToUser(),
            Sender = of.Lid ?? author.ToUser(),
            FromMe = isOwn,
            Timestamp = at,
            PushName = pushName,
            PhoneNumber = of.Phone,
            Lid = of.Lid,
            ChatPhoneNumber = partner.Phone,
            ChatLid = partner.Lid,
            ContactName = partner.ContactName,
            IsGroup = chat.IsGroup,
            Origin = MessageOrigin.History,
        };
    }

    private async ValueTask<Names> NamesAsync(Jid jid, CancellationToken ct)
    {
        var user = jid.ToUser();
        if (_names.TryGetValue(user, out var names))
            return names;

        var lid = await device.LidOfAsync(user, ct).ConfigureAwait(false);
        var phone = await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false);
        names = new(lid, phone, await ContactNames.FindAsync(device, lid, phone, ct).ConfigureAwait(false));
        _names.Add(user, names);
        return names;
    }

    private static MessageStatus StatusOf(HistoryMessage message, bool isUnread) =>
        !message.FromMe ? (isUnread ? MessageStatus.Delivered : MessageStatus.Read)
        : message.Status switch
        {
            HistoryStatusKind.Failed => MessageStatus.Failed,
            HistoryStatusKind.Pending => MessageStatus.Pending,
            HistoryStatusKind.Delivered => MessageStatus.Delivered,
            HistoryStatusKind.Read => MessageStatus.Read,
            HistoryStatusKind.Played => MessageStatus.Played,
            _ => MessageStatus.Sent,
        };

    private readonly record struct Names(Jid? Lid, Jid? Phone, string? ContactName);
}
