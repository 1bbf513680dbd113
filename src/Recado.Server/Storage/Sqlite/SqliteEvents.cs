using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Numbers and writes events of one user, inside a transaction.</summary>
/// <param name="sessionId">The session that they go with when it is purged; null for none.</param>
internal sealed class SqliteEvents(SqliteStatements db, RecordCipher cipher, Guid userId, Guid? sessionId, DateTimeOffset now)
{
    /// <summary>How many were written.</summary>
    public int Count { get; private set; }

    public void Write(JournalEntry.Event? event_)
    {
        if (event_ is null)
            return;

        var number = db.First(
            """
            insert into user_event_numbers (user_id, last_event_id) values ($user, 1)
            on conflict do update set last_event_id = last_event_id + 1 returning last_event_id
            """,
            r => r.GetInt64(0), ("$user", userId));
        db.Execute(
            "insert into user_events (user_id, event_id, session_id, type, payload, created_at) values ($user, $number, $session, $type, $payload, $now)",
            ("$user", userId), ("$number", number), ("$session", sessionId), ("$type", event_.Type),
            ("$payload", cipher.SealContent(RecordPlace.Event(sessionId, userId, number), event_.Payload)), ("$now", now));
        Count++;
    }
}
