using System.Text.Json;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.People;

/// <summary>Turns what the client reports of people into events, and calls into rows as well. Pure.</summary>
internal static class PeopleTranslator
{
    private const int MostContacts = 500; // an address book may have thousands

    public static IEnumerable<JournalEntry> Translate(SessionRow row, ClientEvent clientEvent, RisingIds ids) => clientEvent switch
    {
        PresenceChanged p =>
        [
            Event(EventTypes.PresenceUpdate, new
            {
                sessionId = row.Id, jid = Name(p.User, p.PhoneNumber), phoneNumber = p.PhoneNumber?.User, lid = p.Lid?.ToString(),
                state = p.IsAvailable ? "available" : "unavailable", lastSeen = p.LastSeen, onlineCount = p.OnlineCount,
            }),
        ],
        ChatStateChanged c =>
        [
            Event(EventTypes.ChatState, new
            {
                sessionId = row.Id, chat = c.Chat.ToString(), from = Name(c.Sender, c.PhoneNumber), phoneNumber = c.PhoneNumber?.User,
                lid = c.Lid?.ToString(), state = Word(c.State),
            }),
        ],
        CallReceived c => [Ringing(row, c)],
        CallEnded c => [Over(row, c, ids)],
        PictureChanged p =>
        [
            Event(EventTypes.PictureChanged, new
            {
                sessionId = row.Id, jid = Name(p.Of, p.PhoneNumber), phoneNumber = p.PhoneNumber?.User, lid = p.Lid?.ToString(),
                pictureId = p.PictureId, isRemoved = p.IsRemoved,
            }),
        ],
        AboutChanged a =>
        [
            Event(EventTypes.AboutChanged, new
            {
                sessionId = row.Id, jid = Name(a.User, a.PhoneNumber), phoneNumber = a.PhoneNumber?.User, lid = a.Lid?.ToString(), text = a.Text,
            }),
        ],
        ContactNamesChanged c => [.. c.Contacts.Select(ChatNameOf), .. c.Contacts.Chunk(MostContacts).Select(contacts => Renamed(row, contacts))],
        _ => [],
    };

    private static JournalEntry.ChatName ChatNameOf(ContactName contact) => new(contact.User.ToString(), contact.Name);

    private static JournalEntry.Event Renamed(SessionRow row, IEnumerable<ContactName> contacts) => Event(EventTypes.ContactsChanged, new
    {
        sessionId = row.Id,
        contacts = contacts.Select(contact => new
        {
            jid = Name(contact.User, contact.PhoneNumber),
            phoneNumber = contact.PhoneNumber?.User,
            lid = contact.Lid?.ToString(),
            name = contact.Name,
        }),
    });

    private static JournalEntry.Event Ringing(SessionRow row, CallReceived call) => Event(EventTypes.CallReceived, new
    {
        sessionId = row.Id,
        callId = call.CallId,
        from = Name(call.Caller, call.PhoneNumber),
        phoneNumber = call.PhoneNumber?.User,
        lid = call.Lid?.ToString(),
        pushName = call.CallerName,
        isVideo = call.IsVideo,
        isGroup = call.IsGroup,
        group = call.Group?.ToString(),
        isOffline = call.IsOffline,
        timestamp = call.At,
    });

    /// <summary>A call leaves a row among the messages, by which it is told once however often WhatsApp repeats it.</summary>
    private static JournalEntry.Message Over(SessionRow row, CallEnded call, RisingIds ids)
    {
        var from = Name(call.Caller, call.PhoneNumber);
        var outcome = Word(call.End);
        var content = new { type = "call", callId = call.CallId, outcome, isVideo = call.IsVideo, isGroup = call.IsGroup };
        var message = new MessageRow
        {
            Id = ids.Next(),
            UserId = row.UserId,
            SessionId = row.Id,
            Direction = MessageDirections.Received,
            Content = JsonSerializer.SerializeToElement(content, RecadoJson.Options),
            Status = call.End == CallEnd.Missed ? MessageStatuses.Received : MessageStatuses.Read,
            Timestamp = call.At,
            WhatsAppId = call.CallId,
            Chat = (call.Group ?? call.Caller).ToString(),
            Sender = from,
            PhoneNumber = call.PhoneNumber?.User,
            Lid = call.Lid?.ToString(),
            IsGroup = call.Group is not null,
            Origin = "live",
        };
        return new JournalEntry.Message(message, Event(EventTypes.CallEnded, new
        {
            sessionId = row.Id,
            callId = call.CallId,
            from,
            phoneNumber = call.PhoneNumber?.User,
            lid = call.Lid?.ToString(),
            outcome,
            isVideo = call.IsVideo,
            isGroup = call.IsGroup,
            group = call.Group?.ToString(),
            timestamp = call.At,
        }));
    }

    /// <summary>By phone number when it is known, as everywhere in the API.</summary>
    private static string Name(Jid user, Jid? phoneNumber) => (phoneNumber ?? user).ToString();

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static JournalEntry.Event Event<T>(string type, T payload) => new(type, JsonSerializer.Serialize(payload, RecadoJson.Options));
}
