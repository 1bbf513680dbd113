namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresUpkeep(PostgresDatabase database, TimeProvider time) : IStorageUpkeep
{
    public Task RemoveExpiredAsync(DateTimeOffset eventsBefore, DateTimeOffset auditBefore, CancellationToken ct) => database.WriteAsync(
        [
            new PostgresStatement("delete from recado.device_records where expires_at <= @now", ("now", time.GetUtcNow())),
            new PostgresStatement("delete from recado.idempotency_keys where expires_at <= @now", ("now", time.GetUtcNow())),
            new PostgresStatement("delete from recado.user_events where created_at < @before", ("before", eventsBefore)),
            new PostgresStatement("delete from recado.audit_log where at < @before", ("before", auditBefore)),
        ],
        ct);
}
