using System.Text.Json;
using Recado.Client;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Groups;
using Recado.Server.Features.History;
using Recado.Server.Features.Leads;
using Recado.Server.Features.Media;
using Recado.Server.Features.People;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>Turns what the client reports into what the journal writes: rows first, then the events about them. Pure.</summary>
internal static class SessionTranslator
{
    /// <summary>The <c>reason_code</c> of a session whose announced version WhatsApp no longer accepts.</summary>
    public static readonly string Outdated = Snake(nameof(DisconnectReason.ClientOutdated));

    /// <summary>The <c>reason_code</c>s of faults on our side, which may be gone at the next attempt.</summary>
    public static readonly IReadOnlyList<string> Faults = [Snake(nameof(DisconnectReason.StorageFailed)), Snake(nameof(DisconnectReason.InternalError))];

    /// <summary>The row after a change of state, with the entries that tell of it; none when nothing a user can see has changed.</summary>
    public static (SessionRow Row, IReadOnlyList<JournalEntry> Entries) Translate(SessionRow row, StateChanged change, DateTimeOffset now)
    {
        var state = StateOf(change.State, row);
        var isConnected = state == SessionStates.Connected;
        var isExplained = !isConnected && change.Reason is not null; // a step on the way up needs no reason
        var next = row with
        {
            Status = state,
            ReasonCode = isExplained ? Snake(change.Reason.ToString()!) : null,
            Reason = isExplained ? Explain(change) : null,
            IsPaired = row.IsPaired && state != SessionStates.LoggedOut,
            LastConnectedAt = isConnected ? now : row.LastConnectedAt,
        };
        if ((next.Status, next.ReasonCode, next.Reason) == (row.Status, row.ReasonCode, row.Reason))
            return (row, []);

        return (next, isConnected ? [new JournalEntry.State(next), StatusUpdate(next), Ready(next)] : [new JournalEntry.State(next), StatusUpdate(next)]);
    }

    /// <summary>The row of a session that a phone has just linked.</summary>
    public static SessionRow Translate(SessionRow row, Paired paired) =>
        row with { IsPaired = true, PhoneNumber = paired.PhoneNumber.User, Lid = paired.Lid.ToUser().ToString() };

    /// <summary>The code itself is a secret and stays out of the log; whoever reads the event asks the session for it.</summary>
    public static JournalEntry Translate(SessionRow row, QrIssued qr) =>
        Event(EventTypes.QrCode, new { sessionId = row.Id, expiresAt = qr.ExpiresAt, number = qr.Number, total = qr.Total });

    /// <summary>The entries of everything else; events that concern no row give none.</summary>
    /// <param name="fileOf">The file of the store that a sent message was made from.</param>
    public static IEnumerable<JournalEntry> Translate(
        SessionRow row, ClientEvent clientEvent, RisingIds ids, Func<MessageContent, MediaRow?> fileOf) => clientEvent switch
        {
            MessageReceived m => [Received(row, m, ids)],
            MessageUndecryptable m => [new JournalEntry.Message(
            Message(row, m.Envelope, ids.Next(), MessageBodies.Undecryptable(m.Reason), MessageStatuses.Undecryptable, about: null), Then: null)],
            MessageQueued m => Translate(row, m, ids.Next, fileOf),
            MessageStatusChanged s => s.MessageIds.Select(id => Progress(row, s, id)),
            ReadElsewhere r => [Read(row, r.Chat.ToString(), r.MessageIds)],
            PushNameChanged n => [new JournalEntry.PushName(n.User.ToString(), n.Name, NamesChat: n.ContactName is null)],
            ChatFound c => [HistoryTranslator.Translate(c)],
            GroupChanged g => [GroupTranslation.Of(row, g, ids), .. GroupTranslation.NamesOf(g), .. GroupTranslation.DeparturesOf(row, g)],
            HistoryReceived h => h.Messages.SelectMany(message => HistoryTranslator.Translate(row, message, ids)),
            HistoryProgress p => [HistoryTranslator.Translate(row, p)],
            HistoryUnanswered u => [HistoryTranslator.Translate(row, u)],
            CaughtUp { Count: > 0 } c => [Event(EventTypes.CaughtUp, new { sessionId = row.Id, count = c.Count })],
            IdentityMapped m => Merged(m),
            _ => PeopleTranslator.Translate(row, clientEvent, ids),
        };

    /// <summary>The row of a message that is on its way.</summary>
    public static IEnumerable<JournalEntry> Translate(SessionRow row, MessageQueued m, Func<Guid> id, Func<MessageContent, MediaRow?> fileOf) =>
        [new JournalEntry.Message(
    Message(row, m.Envelope, id(), MediaBodies.Of(m.Message.Content, fileOf(m.Message.Content)), MessageStatuses.Pending, MessageBodies.AboutOf(m.Message.Content)), Then: null)
    {
        Members = MembersOf(m.Envelope, m.Message.Content),
    }];

    /// <summary>A message that waited is not sent.</summary>
    /// <param name="reason">A code.</param>
    public static IReadOnlyList<JournalEntry> Failed(SessionRow row, QueuedMessage message, string reason, DateTimeOffset now)
    {
        var told = new { sessionId = row.Id, messageId = message.WhatsAppId, status = MessageStatuses.Failed, timestamp = now, reason };
        return
        [
            new JournalEntry.Progress(MessageDirections.Sent, message.WhatsAppId, MessageStatuses.Failed, Event(EventTypes.MessageStatus, told)),
            new JournalEntry.Dequeued(message.WhatsAppId),
        ];
    }

    /// <summary>Received messages count as read.</summary>
    public static JournalEntry Read(SessionRow row, string chat, IReadOnlyList<string> messageIds) =>
        new JournalEntry.Read(messageIds, Event(EventTypes.ChatRead, new { sessionId = row.Id, chat, messageIds }));

    private static IEnumerable<JournalEntry> Merged(IdentityMapped mapped)
    {
        yield return new JournalEntry.Merge(mapped.PhoneNumber.ToUser().ToString(), mapped.Lid.ToUser().ToString());
        if (mapped.ContactName is { } name)
            yield return new JournalEntry.ChatName(mapped.Lid.ToUser().ToString(), name);
    }

    private static JournalEntry.Message Received(SessionRow row, MessageReceived received, RisingIds ids)
    {
        var envelope = received.Envelope;
        var (content, file) = IncomingMedia.Of(
            row, envelope, received.Content, envelope.FromMe ? MessageDirections.Sent : MessageDirections.Received, ids.Next);
        var message = Message(
            row, envelope, ids.Next(), content, envelope.FromMe ? MessageStatuses.Sent : MessageStatuses.Received,
            MessageBodies.AboutOf(received.Content));
        var payload = new
        {
            sessionId = row.Id,
            message = new
            {
                from = message.Sender,
                content = message.Content,
                timestamp = message.Timestamp,
                sessionId = row.Id,
                messageId = message.WhatsAppId,
                phoneNumber = envelope.PhoneNumber?.User,
                lid = envelope.Lid?.ToString(),
                pushName = message.PushName,
                chat = message.Chat,
                isGroup = message.IsGroup,
                isStatus = message.Chat == MessageRow.StatusFeed,
                origin = message.Origin,
            },
        };
        var told = received.Content switch
        {
            EditContent edit => Event(EventTypes.MessageEdited, new { sessionId = row.Id, messageId = edit.Target.Id, payload.message }),
            RevokeContent revoke => Event(EventTypes.MessageDeleted, new { sessionId = row.Id, messageId = revoke.Target.Id, payload.message }),
            _ => Event(envelope.FromMe ? EventTypes.MessageEcho : EventTypes.MessageReceived, payload),
        };
        return new JournalEntry.Message(message, told, file, NewLeads.Of(message, received.Content)) { Members = MembersOf(envelope, received.Content) };
    }

    /// <summary>With whom a message of ours has to come how far; what is said about another message shows no ticks.</summary>
    private static IReadOnlyList<string> MembersOf(MessageEnvelope envelope, MessageContent content) =>
        MessageBodies.AboutOf(content) is null ? [.. envelope.Members.Select(member => member.ToString())] : [];

    public static MessageRow Message(SessionRow row, MessageEnvelope envelope, Guid id, JsonElement content, string status, string? about)
    {
        // Of a message in a group, or a status update, the other side is its author, otherwise the chat partner, whoever wrote.
        var (phone, lid) = envelope.IsGroup || envelope.Chat.IsBroadcast ? (envelope.PhoneNumber, envelope.Lid) : (envelope.ChatPhoneNumber, envelope.ChatLid);
        return new MessageRow
        {
            Id = id,
            UserId = row.UserId,
            SessionId = row.Id,
            Direction = envelope.FromMe ? MessageDirections.Sent : MessageDirections.Received,
            Content = content,
            Status = status,
            Timestamp = envelope.Timestamp,
            WhatsAppId = envelope.Id,
            About = about,
            Chat = envelope.Chat.ToString(),
            Sender = (envelope.PhoneNumber ?? envelope.Sender).ToString(),
            PhoneNumber = phone?.User,
            Lid = lid?.ToString(),
            PushName = envelope.PushName,
            ContactName = envelope.ContactName,
            IsGroup = envelope.IsGroup,
            Origin = Snake(envelope.Origin.ToString()),
        };
    }

    private static JournalEntry.Progress Progress(SessionRow row, MessageStatusChanged change, string messageId)
    {
        var (status, chat) = (Snake(change.Status.ToString()), change.Chat.ToString());
        var member = change is { Chat.IsGroup: true, Participant: { IsGroup: false } someone }
            ? new MemberReceipt(someone.ToString(), change.Timestamp, (id, whole) => Status(row, id, whole, chat, change.Timestamp))
            : null;
        var told = new
        {
            sessionId = row.Id,
            messageId,
            status,
            timestamp = change.Timestamp,
            errorCode = change.ErrorCode,
            chat,
            participant = member?.Participant,
            phoneNumber = member is null ? null : change.ParticipantPhoneNumber?.User,
            lid = member is null || change.Participant is not { IsLid: true } name ? null : name.ToString(),
        };
        return new JournalEntry.Progress(MessageDirections.Sent, messageId, status, Event(EventTypes.MessageStatus, told), member);
    }

    /// <summary>A message to a group has come as far as this with all its members.</summary>
    public static JournalEntry.Event Status(SessionRow row, string messageId, string status, string chat, DateTimeOffset timestamp) =>
        Event(EventTypes.MessageStatus, new { sessionId = row.Id, messageId, status, timestamp, chat, participant = (string?)null });

    private static JournalEntry.Event StatusUpdate(SessionRow row) => Event(
        EventTypes.StatusUpdate,
        new { sessionId = row.Id, status = row.Status, phoneNumber = row.PhoneNumber, reason = row.Reason, reasonCode = row.ReasonCode });

    private static JournalEntry.Event Ready(SessionRow row) => Event(EventTypes.SessionReady, new { sessionId = row.Id, phoneNumber = row.PhoneNumber });

    private static string StateOf(SessionState state, SessionRow row) => state switch
    {
        // "connecting" tells a user that something waits to be scanned; a linked device that has been connected comes back.
        SessionState.Connecting => row is { IsPaired: true, LastConnectedAt: not null } ? SessionStates.Reconnecting : SessionStates.Connecting,
        SessionState.Connected => SessionStates.Connected,
        SessionState.Reconnecting => SessionStates.Reconnecting,
        SessionState.Disconnected => SessionStates.Disconnected,
        SessionState.LoggedOut => SessionStates.LoggedOut,
        _ => SessionStates.Error,
    };

    private static JournalEntry.Event Event<T>(string type, T payload) => new(type, JsonSerializer.Serialize(payload, RecadoJson.Options));

    private static string? Explain(StateChanged change) => change.Reason == DisconnectReason.ClientOutdated
        ? "WhatsApp no longer accepts the announced WhatsApp Web version. Write a newer one, such as 2.3000.1234567890, "
            + $"into the file {WebVersionSetting.FileName} in RECADO_DATA; it takes effect without a restart. WHATSAPP_VERSION does the same from the next start on."
        : change.Detail;

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
