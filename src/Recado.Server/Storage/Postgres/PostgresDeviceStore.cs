using Recado.Client.Stores;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>One device's records. The credentials lie in the session's own row, everything else in <c>device_records</c>.</summary>
internal sealed class PostgresDeviceStore(PostgresDatabase database, RecordCipher cipher, TimeProvider time, Guid sessionId) : IDeviceStore
{
    public async ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct)
    {
        var data = key.Kind == DeviceRecordKind.Credentials ? await ReadCredentialsAsync(ct) : await ReadRecordAsync(key, ct);
        return data is null ? null : cipher.Open(Place(key), data);
    }

    public async ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct)
    {
        if (kind == DeviceRecordKind.Credentials)
            throw new ArgumentException("There is one record of credentials; read it.", nameof(kind));

        var rows = await database.QueryAsync(
            new PostgresStatement(
                """
                select id, data, expires_at from recado.device_records
                where session_id = @session and kind = @kind and id >= @prefix and starts_with(id, @prefix)
                  and (expires_at is null or expires_at > @now)
                order by id
                """,
                ("session", sessionId), ("kind", kind.ToName()), ("prefix", idPrefix ?? ""), ("now", time.GetUtcNow())),
            r => (Id: r.GetString(0), Data: r.Bytes(1), ExpiresAt: r.TimeOrNull(2)), ct);

        return [.. rows.Select(r => new DeviceRecordKey(kind, r.Id) is var key ? new DeviceRecord(key, cipher.Open(Place(key), r.Data), r.ExpiresAt) : null!)];
    }

    public ValueTask CommitAsync(DeviceChanges changes, CancellationToken ct) =>
        throw new InvalidOperationException("The session's journal writes device records, together with the events they belong to.");

    private async Task<byte[]?> ReadCredentialsAsync(CancellationToken ct)
    {
        var text = await database.FirstAsync(
            new PostgresStatement("select session_data from public.whatsapp_sessions where id = @id and session_data is not null", ("id", sessionId)),
            r => r.GetString(0), ct);
        return PostgresCredentials.FromColumn(text);
    }

    private Task<byte[]?> ReadRecordAsync(DeviceRecordKey key, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            "select data from recado.device_records where session_id = @session and kind = @kind and id = @id and (expires_at is null or expires_at > @now)",
            ("session", sessionId), ("kind", key.Kind.ToName()), ("id", key.Id), ("now", time.GetUtcNow())),
        r => r.Bytes(0), ct);

    private RecordPlace Place(DeviceRecordKey key) => RecordPlace.Of(sessionId, key);
}
