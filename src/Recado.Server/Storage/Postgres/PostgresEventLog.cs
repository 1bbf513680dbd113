using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresEventLog(PostgresDatabase database, RecordCipher cipher, EventSignals signals, PostgresEventPoll poll) : IEventLog
{
    public async Task<IReadOnlyList<EventRow>> ReadAsync(Guid userId, long after, int limit, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement(
            """
            select event_id, session_id, type, payload, created_at from recado.user_events
            where user_id = @user and event_id > @after order by event_id limit @limit
            """,
            ("user", userId), ("after", after), ("limit", limit)),
        r => Read(userId, r.GetInt64(0), r.GuidOrNull(1), r), ct);

    public async Task<long> LastEventIdAsync(Guid userId, CancellationToken ct) => await database.FirstAsync(
        new PostgresStatement("select last_event_id from recado.user_event_numbers where user_id = @user", ("user", userId)), r => r.GetInt64(0), ct);

    public IEventWatch Watch(Guid userId)
    {
        poll.Begin();
        return signals.Watch(userId);
    }

    private EventRow Read(Guid userId, long eventId, Guid? sessionId, NpgsqlDataReader r) =>
        new(userId, eventId, sessionId, r.GetString(2), cipher.OpenEvent(sessionId, userId, eventId, r.GetString(3)), r.Time(4));
}
