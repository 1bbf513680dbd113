using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Finds, makes and completes the leads of those with whom messages are exchanged, inside a commit's transaction.</summary>
internal sealed class SqliteLeads(SqliteStatements db, RecordCipher cipher, SessionLease lease, SqliteEvents events, DateTimeOffset now)
{
    /// <summary>A message has been stored.</summary>
    public void Link(JournalEntry.Message message)
    {
        var row = message.Row;
        if (LeadContact.Of(row) is not { } person || (Resolve(person) ?? Make(message)) is not { } lead)
            return;

        db.Execute(
            """
            update messages set lead_id = $lead
            where whatsapp_session_id = $session and whatsapp_id = $message and direction = $direction and chat = $chat
            """,
            ("$lead", lead.Id), ("$session", lease.SessionId), ("$message", row.WhatsAppId), ("$direction", row.Direction), ("$chat", row.Chat));
    }

    /// <summary>Two JIDs are one user.</summary>
    public void Merge(JournalEntry.Merge merge) => Resolve(new LeadContact(merge.PhoneNumberJid.Split('@')[0], merge.LidJid));

    private LeadRow? Resolve(LeadContact person)
    {
        if (LeadMatch.Find(SqliteLeadStore.FindOf(db, lease.UserId, person), person) is not { } match)
            return null;
        if (!match.IsChanged)
            return match.Lead;

        if (match.Removed is { } removed)
        {
            db.Execute("update messages set lead_id = $lead where lead_id = $removed", ("$lead", match.Lead.Id), ("$removed", removed.Id));
            SqliteLeadStore.Delete(db, removed.Id);
        }

        match = match with { Lead = match.Lead with { UpdatedAt = now } };
        SqliteLeadStore.Update(db, match.Lead);
        foreach (var event_ in LeadEvents.Of(match))
            events.Write(event_);
        return match.Lead;
    }

    private LeadRow? Make(JournalEntry.Message message)
    {
        if (message.NewLead is not { } wanted || !LeadModes.Allows(Mode(), wanted) || !(wanted.Source == LeadSources.Ad || IsFirst(message.Row)))
            return null;

        var lead = wanted.Made(now, cipher.SealsContents);
        SqliteLeadStore.Insert(db, lead);
        events.Write(LeadEvents.Created(lead, message.Row.WhatsAppId));
        return lead;
    }

    private string? Mode() => db.First(
        "select settings ->> '$.leads' from whatsapp_sessions where id = $session", r => r.Text(0), ("$session", lease.SessionId));

    /// <summary>Whether the author has never written to the session before, as far as it knows.</summary>
    private bool IsFirst(MessageRow row) => !db.First(
        """
        select 1 from messages
        where whatsapp_session_id = $session and chat = $chat and direction = 'received' and about is null and status <> 'undecryptable'
          and whatsapp_id <> $message and coalesce(content ->> '$.type', '') not in ('call', 'notice')
        limit 1
        """,
        _ => true, ("$session", lease.SessionId), ("$chat", row.Chat), ("$message", row.WhatsAppId));
}
