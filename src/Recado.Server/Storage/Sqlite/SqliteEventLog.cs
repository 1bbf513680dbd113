using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteEventLog(SqliteDatabase database, RecordCipher cipher, EventSignals signals) : IEventLog
{
    public Task<IReadOnlyList<EventRow>> ReadAsync(Guid userId, long after, int limit, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<EventRow>>(
            db => db.Query(
                """
                select event_id, session_id, type, payload, created_at from user_events
                where user_id = $user and event_id > $after order by event_id limit $limit
                """,
                r => Read(userId, r.GetInt64(0), r.IsDBNull(1) ? null : r.Guid(1), r),
                ("$user", userId), ("$after", after), ("$limit", limit)),
            ct);

    public Task<long> LastEventIdAsync(Guid userId, CancellationToken ct) => database.ReadAsync(
        db => db.First("select last_event_id from user_event_numbers where user_id = $user", r => r.GetInt64(0), ("$user", userId)), ct);

    public IEventWatch Watch(Guid userId) => signals.Watch(userId);

    private EventRow Read(Guid userId, long eventId, Guid? sessionId, SqliteDataReader r) =>
        new(userId, eventId, sessionId, r.GetString(2), cipher.OpenEvent(sessionId, userId, eventId, r.GetString(3)), r.Time(4));
}
