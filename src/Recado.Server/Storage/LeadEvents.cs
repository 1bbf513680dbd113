using System.Text.Json;
using Recado.Server.Hosting;

namespace Recado.Server.Storage;

/// <summary>What is told of leads. The row in an event is as REST shows it.</summary>
internal static class LeadEvents
{
    /// <param name="messageId">The <c>whatsapp_id</c> of the message that made the lead; null when a user did.</param>
    public static JournalEntry.Event Created(LeadRow lead, string? messageId = null) =>
        Event(EventTypes.LeadCreated, new { sessionId = lead.SessionId, leadId = lead.Id, messageId, lead });

    public static JournalEntry.Event Updated(LeadRow lead) => Event(EventTypes.LeadUpdated, new { sessionId = lead.SessionId, leadId = lead.Id, lead });

    public static JournalEntry.Event Deleted(LeadRow lead) => Event(EventTypes.LeadDeleted, new { sessionId = lead.SessionId, leadId = lead.Id });

    /// <summary>Of a person who was found: the lead's change, and the end of the lead that went into it.</summary>
    public static IEnumerable<JournalEntry.Event> Of(LeadMatch match)
    {
        var (lead, _, removed) = match;
        if (removed is null)
            return [Updated(lead)];

        return
        [
            Event(EventTypes.LeadUpdated, new { sessionId = lead.SessionId, leadId = lead.Id, merged = removed.Id, lead }),
            Event(EventTypes.LeadDeleted, new { sessionId = removed.SessionId, leadId = removed.Id, mergedInto = lead.Id }),
        ];
    }

    private static JournalEntry.Event Event<T>(string type, T payload) => new(type, JsonSerializer.Serialize(payload, RecadoJson.Options));
}
