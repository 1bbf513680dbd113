using System.Text.Json.Nodes;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Lets reactions, votes, edits and the like change the message they are about, inside a commit's transaction.</summary>
internal sealed class SqliteAmendments(SqliteStatements db, SessionLease lease)
{
    private const string Action = "select about, chat, direction, sender, content, timestamp from messages where whatsapp_session_id = $session";

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

    private bool Apply(Amendment action)
    {
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

            if (MessageAmendments.Apply(JsonNode.Parse(target.Content)!.AsObject(), content, action.Sender, action.Timestamp) is { } amended)
                db.Execute("update messages set content = $content where id = $id", ("$content", amended.ToJsonString()), ("$id", target.Id));
            return true;
        }

        return found.Count == 0;
    }

    private static Amendment Read(Microsoft.Data.Sqlite.SqliteDataReader r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Time(5));

    private sealed record Amendment(string About, string Chat, string Direction, string Sender, string Content, DateTimeOffset Timestamp);
}
