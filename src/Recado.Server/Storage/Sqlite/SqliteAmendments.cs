using System.Text.Json.Nodes;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Lets reactions, votes, edits and the like change the message they are about, inside a commit's transaction.</summary>
internal sealed class SqliteAmendments(SqliteStatements db, RecordCipher cipher, SessionLease lease)
{
    private const string Action = "select about, chat, direction, sender, content, timestamp, whatsapp_id from messages where whatsapp_session_id = $session";

    /// <returns>False when the message changes what only its author may change, and is not by the author.</returns>
    public bool Apply(MessageRow row) =>
        Apply(new Amendment(row.About!, row.Chat, row.Direction, row.Sender, row.Content.GetRawText(), row.Timestamp));

    /// <summary>What we have sent is taken now.</summary>
    public void ApplySent(string messageId)
    {
        var action = db.First(
            $"{Action} and whatsapp_id = $message and direction = 'sent' and about is not null", Read,
            ("$session", lease.SessionId), ("$message", messageId));
        if (action is not null)
            Apply(action);
    }

    /// <summary>What came before the message it is about.</summary>
    public bool ApplyWaiting(string messageId)
    {
        // The plus signs keep the planner from reading the session's whole history in order: the few that wait are found by what they are about.
        var waiting = db.Query(
            $"{Action} and about = $message and status not in ('queued', 'pending') order by +timestamp, +id", Read,
            ("$session", lease.SessionId), ("$message", messageId));
        foreach (var action in waiting)
            Apply(action);
        return true;
    }

    /// <summary>What became of the file of a message.</summary>
    public void Apply(JournalEntry.Media media)
    {
        var found = db.Query(
            "select id, content from messages where whatsapp_session_id = $session and whatsapp_id = $whatsapp and direction = $direction",
            r => (Id: r.Guid(0), Content: r.GetString(1)),
            ("$session", lease.SessionId), ("$whatsapp", media.WhatsAppId), ("$direction", media.Direction));
        var place = RecordPlace.Message(lease.SessionId, media.Direction, media.WhatsAppId);
        foreach (var target in found)
        {
            if (Open(place, target.Content) is { } content && MessageAmendments.WithMedia(content, media.Content) is { } amended)
                Write(target.Id, place, amended);
        }
    }

    private bool Apply(Amendment action)
    {
        if (action.Content is null)
            return true; // unreadable

        var content = JsonNode.Parse(action.Content)!.AsObject();
        var isForAuthor = MessageAmendments.IsForAuthor(content, action.Direction);
        var found = db.Query(
            """
            select id, direction, sender, content from messages
            where whatsapp_session_id = $session and whatsapp_id = $about and +chat = $chat and about is null and status <> 'undecryptable'
            """,
            r => (Id: r.Guid(0), Direction: r.GetString(1), Sender: r.GetString(2), Content: r.GetString(3)),
            ("$session", lease.SessionId), ("$about", action.About), ("$chat", action.Chat));
        foreach (var target in found)
        {
            if (isForAuthor && (target.Direction, target.Sender) != (action.Direction, action.Sender))
                continue;

            var place = RecordPlace.Message(lease.SessionId, target.Direction, action.About);
            if (Open(place, target.Content) is { } old && MessageAmendments.Apply(old, content, action.Sender, action.Timestamp) is { } amended)
                Write(target.Id, place, amended);
            return true;
        }

        return found.Count == 0;
    }

    private JsonObject? Open(RecordPlace place, string stored) =>
        cipher.FindContent(place, stored) is { } content ? JsonNode.Parse(content)!.AsObject() : null;

    private void Write(Guid id, RecordPlace place, JsonObject content) => db.Execute(
        "update messages set content = $content where id = $id", ("$content", cipher.SealContent(place, content.ToJsonString())), ("$id", id));

    private Amendment Read(Microsoft.Data.Sqlite.SqliteDataReader r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3),
        cipher.FindContent(RecordPlace.Message(lease.SessionId, r.GetString(2), r.GetString(6)), r.GetString(4)), r.Time(5));

    /// <param name="Content">Null when it cannot be read.</param>
    private sealed record Amendment(string About, string Chat, string Direction, string Sender, string? Content, DateTimeOffset Timestamp);
}
