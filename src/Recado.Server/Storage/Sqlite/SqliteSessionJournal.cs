using Recado.Client.Stores;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteSessionJournal(SqliteDatabase database, RecordCipher cipher, EventSignals signals, TimeProvider time) : ISessionJournal
{
    public Task<OwnedSession?> AcquireAsync(Guid sessionId, CancellationToken ct) => database.WriteAsync(
        db => SqliteSessionStore.Find(db, sessionId) is { } row ? Acquire(db, row) : null, ct);

    public Task<LeaseOutcome> AcquireToRunAsync(Guid sessionId, int limit, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync<LeaseOutcome>(
            db =>
            {
                if (SqliteSessionStore.Find(db, sessionId) is not { } row)
                    return new LeaseOutcome.NotFound();

                if (!SessionStates.Running.Contains(row.Status))
                {
                    if (CountRunning(db, row.UserId) >= limit)
                        return new LeaseOutcome.LimitReached();

                    db.Execute(
                        "update whatsapp_sessions set status = 'connecting', updated_at = $now where id = $id", ("$id", sessionId), ("$now", now));
                }

                return new LeaseOutcome.Acquired(Acquire(db, row));
            },
            ct);
    }

    public async Task<bool> CommitAsync(SessionLease lease, DeviceChanges changes, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        // Encrypted here, on the session's own time, so that the one writer only writes.
        var puts = changes.Puts.Select(r => (Record: r, Data: cipher.Seal(RecordPlace.Of(lease.SessionId, r.Key), r.Data))).ToList();
        var now = time.GetUtcNow();
        var (isHeld, events) = await database.WriteAsync(
            db =>
            {
                if (!Holds(db, lease))
                    return (false, 0);

                Apply(db, lease, changes, puts);
                return (true, new SqliteJournalEntries(db, cipher, lease, now).Apply(entries));
            },
            ct);

        if (events > 0)
            signals.Pulse(lease.UserId);

        return isHeld;
    }

    public Task<bool> PurgeAsync(SessionLease lease, CancellationToken ct) => database.WriteAsync(
        db =>
        {
            if (!Holds(db, lease))
                return false;

            db.Execute("delete from user_events where session_id = $id", ("$id", lease.SessionId));
            db.Execute("delete from whatsapp_sessions where id = $id", ("$id", lease.SessionId));
            return true;
        },
        ct);

    public IDeviceStore OpenDevice(Guid sessionId) => new SqliteDeviceStore(database, cipher, time, sessionId);

    public async Task<IReadOnlyDictionary<Guid, string>> FindUnreadableAsync(CancellationToken ct)
    {
        var credentials = await database.ReadAsync(
            db => db.Query("select id, session_data from whatsapp_sessions where session_data is not null", r => (Id: r.Guid(0), Data: r.Bytes(1))), ct);
        var unreadable = new Dictionary<Guid, string>();
        foreach (var (id, data) in credentials)
        {
            try
            {
                cipher.Open(RecordPlace.Credentials(id), data);
            }
            catch (StorageException e)
            {
                unreadable.Add(id, e.Message);
            }
        }

        return unreadable;
    }

    private static OwnedSession Acquire(SqliteStatements db, SessionRow row)
    {
        var epoch = db.First(
            "insert into session_lease (session_id, epoch) values ($id, 1) on conflict do update set epoch = epoch + 1 returning epoch",
            r => r.GetInt64(0), ("$id", row.Id));
        return new OwnedSession(new SessionLease(row.Id, row.UserId, epoch), row);
    }

    private static int CountRunning(SqliteStatements db, Guid userId) => db.First(
        $"select count(*) from whatsapp_sessions where user_id = $user and status in {SqliteSessionStore.RunningStates}",
        r => r.GetInt32(0), ("$user", userId));

    private static bool Holds(SqliteStatements db, SessionLease lease) => db.First(
        "select 1 from session_lease where session_id = $id and epoch = $epoch", _ => true, ("$id", lease.SessionId), ("$epoch", lease.Epoch));

    private static void Apply(SqliteStatements db, SessionLease lease, DeviceChanges changes, List<(DeviceRecord Record, byte[] Data)> puts)
    {
        if (changes.EraseAll)
        {
            db.Execute("delete from device_records where session_id = $session", ("$session", lease.SessionId));
            SetCredentials(db, lease, null);
        }

        foreach (var key in changes.Deletes)
        {
            if (key.Kind == DeviceRecordKind.Credentials)
                SetCredentials(db, lease, null);
            else
            {
                db.Execute(
                    "delete from device_records where session_id = $session and kind = $kind and id = $id",
                    ("$session", lease.SessionId), ("$kind", key.Kind.ToName()), ("$id", key.Id));
            }
        }

        foreach (var (record, data) in puts)
        {
            if (record.Key.Kind == DeviceRecordKind.Credentials)
                SetCredentials(db, lease, data);
            else
            {
                db.Execute(
                    """
                    insert into device_records (session_id, kind, id, key_id, data, expires_at) values ($session, $kind, $id, $key, $data, $expires)
                    on conflict do update set key_id = excluded.key_id, data = excluded.data, expires_at = excluded.expires_at
                    """,
                    ("$session", lease.SessionId), ("$kind", record.Key.Kind.ToName()), ("$id", record.Key.Id),
                    ("$key", RecordCipher.KeyIdOf(data)), ("$data", data), ("$expires", record.ExpiresAt));
            }
        }
    }

    private static void SetCredentials(SqliteStatements db, SessionLease lease, byte[]? data) =>
        db.Execute("update whatsapp_sessions set session_data = $data where id = $id", ("$data", data), ("$id", lease.SessionId));
}
