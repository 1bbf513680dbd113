namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteUpkeep(SqliteDatabase database, TimeProvider time) : IStorageUpkeep
{
    public Task RemoveExpiredAsync(DateTimeOffset eventsBefore, DateTimeOffset auditBefore, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            db => db.Execute("delete from device_records where expires_at <= $now", ("$now", now))
                + db.Execute("delete from idempotency_keys where expires_at <= $now", ("$now", now))
                + db.Execute("delete from user_events where created_at < $before", ("$before", eventsBefore))
                + db.Execute("delete from audit_log where at < $before", ("$before", auditBefore)),
            ct);
    }
}
