using Recado.Client.Stores;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>The changes of a device as statements: however many records, two for the deletes and puts, and one for the credentials.</summary>
internal static class PostgresDeviceWrites
{
    public static void Add(PostgresPipeline pipeline, SessionLease lease, DeviceChanges changes, RecordCipher cipher)
    {
        if (changes.EraseAll)
        {
            pipeline.Add(new PostgresStatement("delete from recado.device_records where session_id = @session", ("session", lease.SessionId)));
            SetCredentials(pipeline, lease, null);
        }

        Delete(pipeline, lease, [.. changes.Deletes.Where(key => key.Kind != DeviceRecordKind.Credentials)]);
        Put(
            pipeline, lease,
            [.. changes.Puts.Where(r => r.Key.Kind != DeviceRecordKind.Credentials).Select(r => (r, cipher.Seal(RecordPlace.Of(lease.SessionId, r.Key), r.Data)))]);

        if (changes.Deletes.Any(key => key.Kind == DeviceRecordKind.Credentials))
            SetCredentials(pipeline, lease, null);
        foreach (var credentials in changes.Puts.Where(r => r.Key.Kind == DeviceRecordKind.Credentials))
            SetCredentials(pipeline, lease, cipher.Seal(RecordPlace.Of(lease.SessionId, credentials.Key), credentials.Data));
    }

    private static void Delete(PostgresPipeline pipeline, SessionLease lease, IReadOnlyList<DeviceRecordKey> keys)
    {
        if (keys.Count == 0)
            return;

        pipeline.Add(new PostgresStatement(
            """
            delete from recado.device_records r using unnest(@kinds, @ids) as k (kind, id)
            where r.session_id = @session and r.kind = k.kind and r.id = k.id
            """,
            ("session", lease.SessionId), ("kinds", keys.Select(k => k.Kind.ToName()).ToArray()), ("ids", keys.Select(k => k.Id).ToArray())));
    }

    private static void Put(PostgresPipeline pipeline, SessionLease lease, IReadOnlyList<(DeviceRecord Record, byte[] Data)> puts)
    {
        if (puts.Count == 0)
            return;

        pipeline.Add(new PostgresStatement(
            """
            insert into recado.device_records (session_id, kind, id, key_id, data, expires_at)
            select @session, r.* from unnest(@kinds, @ids, @keys, @data, @expires) as r (kind, id, key_id, data, expires_at)
            on conflict (session_id, kind, id) do update set key_id = excluded.key_id, data = excluded.data, expires_at = excluded.expires_at
            """,
            ("session", lease.SessionId),
            ("kinds", puts.Select(p => p.Record.Key.Kind.ToName()).ToArray()),
            ("ids", puts.Select(p => p.Record.Key.Id).ToArray()),
            ("keys", puts.Select(p => (long)RecordCipher.KeyIdOf(p.Data)).ToArray()),
            ("data", puts.Select(p => p.Data).ToArray()),
            ("expires", puts.Select(p => p.Record.ExpiresAt?.ToUniversalTime()).ToArray())));
    }

    private static void SetCredentials(PostgresPipeline pipeline, SessionLease lease, byte[]? data) => pipeline.Add(new PostgresStatement(
        "update public.whatsapp_sessions set session_data = @data::text where id = @id", ("data", PostgresCredentials.ToColumn(data)), ("id", lease.SessionId)));
}
