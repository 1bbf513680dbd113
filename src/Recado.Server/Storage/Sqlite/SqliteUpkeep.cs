namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteUpkeep(SqliteDatabase database, TimeProvider time) : IStorageUpkeep
{
    public Task RemoveExpiredAsync(DateTimeOffset eventsBefore, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            db => db.Execute("delete from device_records where expires_at <= $now", ("$now", now))
                + db.Execute("delete from user_events where created_at < $before", ("$before", eventsBefore)),
            ct);
    }

    public async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try
        {
            return await database.ReadAsync(db => db.First("select 1 from whatsapp_sessions limit 1 offset 0", _ => true) || true, ct);
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
