using Npgsql;
using Recado.Client.Stores;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresSessionJournal(PostgresDatabase database, RecordCipher cipher, EventSignals signals, TimeProvider time) : ISessionJournal
{
    private const string Running = PostgresSessionStore.RunningStates;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250), LastRetry = TimeSpan.FromSeconds(5);

    public Task<OwnedSession?> AcquireAsync(Guid sessionId, CancellationToken ct) => database.WriteAsync(
        async pipeline =>
        {
            OwnedSession? owned = null;
            pipeline.Add(
                new PostgresStatement(
                    $"""
                    with s as (select {PostgresSessionStore.Columns} from public.whatsapp_sessions where id = @id),
                    l as (
                        insert into recado.session_lease as l (session_id, epoch) select id, 1 from s
                        on conflict (session_id) do update set epoch = l.epoch + 1 returning epoch)
                    select s.*, l.epoch from s, l
                    """,
                    ("id", sessionId)),
                r => owned = ReadOwned(r));
            await pipeline.CommitAsync(ct);
            return owned;
        },
        ct);

    public Task<LeaseOutcome> AcquireToRunAsync(Guid sessionId, int limit, CancellationToken ct) => database.WriteAsync(
        async pipeline =>
        {
            LeaseOutcome outcome = new LeaseOutcome.NotFound();
            pipeline.Add(PostgresSessionStore.LockUser("select user_id from public.whatsapp_sessions where id = @id", ("id", sessionId)), _ => { });
            pipeline.Add(
                new PostgresStatement(
                    $"""
                    with s as (select {PostgresSessionStore.Columns} from public.whatsapp_sessions where id = @id),
                    m as (
                        select s.id from s where s.status in {Running}
                           or (select count(*) from public.whatsapp_sessions o where o.user_id = s.user_id and o.status in {Running}) < @limit),
                    u as (
                        update public.whatsapp_sessions w set status = 'connecting', updated_at = @now from m where w.id = m.id and w.status not in {Running}),
                    l as (
                        insert into recado.session_lease as l (session_id, epoch) select id, 1 from m
                        on conflict (session_id) do update set epoch = l.epoch + 1 returning epoch)
                    select s.*, l.epoch from s left join l on true
                    """,
                    ("id", sessionId), ("limit", limit), ("now", time.GetUtcNow())),
                r => outcome = ReadOwned(r) is { } owned ? new LeaseOutcome.Acquired(owned) : new LeaseOutcome.LimitReached());
            await pipeline.CommitAsync(ct);
            return outcome;
        },
        ct);

    public async Task<bool> CommitAsync(SessionLease lease, DeviceChanges changes, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var events = 0;
        var isHeld = await WriteAsync(
            lease,
            async pipeline =>
            {
                PostgresDeviceWrites.Add(pipeline, lease, changes, cipher);
                events = await new PostgresJournalEntries(pipeline, cipher, lease, now).ApplyAsync(entries, ct);
            },
            ct);
        if (isHeld && events > 0)
            signals.Pulse(lease.UserId);

        return isHeld;
    }

    public Task<bool> PurgeAsync(SessionLease lease, CancellationToken ct) => WriteAsync(
        lease,
        pipeline =>
        {
            // Said one by one: the original's tables need not let rows go by themselves.
            pipeline.Add(new PostgresStatement("delete from recado.user_events where session_id = @id", ("id", lease.SessionId)));
            pipeline.Add(new PostgresStatement("update public.leads set whatsapp_session_id = null where whatsapp_session_id = @id", ("id", lease.SessionId)));
            pipeline.Add(new PostgresStatement("delete from public.messages where whatsapp_session_id = @id", ("id", lease.SessionId)));
            pipeline.Add(new PostgresStatement("delete from public.whatsapp_sessions where id = @id", ("id", lease.SessionId)));
            return Task.CompletedTask;
        },
        ct);

    public IDeviceStore OpenDevice(Guid sessionId) => new PostgresDeviceStore(database, cipher, time, sessionId);

    public async Task<IReadOnlyDictionary<Guid, string>> FindUnreadableAsync(CancellationToken ct)
    {
        var credentials = await database.QueryAsync(
            new PostgresStatement("select id, session_data from public.whatsapp_sessions where session_data is not null"),
            r => (Id: r.GetGuid(0), Text: r.GetString(1)), ct);
        var unreadable = new Dictionary<Guid, string>();
        foreach (var (id, text) in credentials)
        {
            try
            {
                if (PostgresCredentials.FromColumn(text) is { } data)
                    cipher.Open(RecordPlace.Credentials(id), data);
            }
            catch (StorageException e)
            {
                unreadable.Add(id, e.Message);
            }
        }

        return unreadable;
    }

    /// <returns>False when the lease is stale; nothing was written.</returns>
    private async Task<bool> WriteAsync(SessionLease lease, Func<PostgresPipeline, Task> work, CancellationToken ct)
    {
        var commit = Guid.NewGuid();
        var (_, failure) = await database.TryWriteAsync(
            async pipeline =>
            {
                pipeline.Add(
                    new PostgresStatement(
                        "select recado.hold_lease(@session, @epoch, @commit)", ("session", lease.SessionId), ("epoch", lease.Epoch), ("commit", commit)),
                    _ => { });
                await work(pipeline);
                return true;
            },
            ct);

        return failure switch
        {
            null => true,
            { Cause: PostgresException { SqlState: PostgresErrors.StaleLease } } => false,
            { IsInDoubt: true } when await HasHappenedAsync(lease, commit, ct) => true,
            _ => throw failure.Translated,
        };
    }

    /// <summary>Waits for the database and asks it: writing again what was written would tell the session's events twice.</summary>
    private async Task<bool> HasHappenedAsync(SessionLease lease, Guid commit, CancellationToken ct)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LastRetry ? delay * 2 : LastRetry)
        {
            try
            {
                // A lease that is gone went with a purge, which may have been this one.
                return await database.FirstAsync(
                    new PostgresStatement(
                        "select coalesce((select last_commit is not distinct from @commit from recado.session_lease where session_id = @id), true)",
                        ("commit", commit), ("id", lease.SessionId)),
                    r => r.GetBoolean(0), ct);
            }
            catch (StorageException e) when (e.IsTransient)
            {
                await Task.Delay(delay, time, ct);
            }
        }
    }

    private static OwnedSession? ReadOwned(NpgsqlDataReader r)
    {
        const int epoch = 13; // after the session's columns
        var row = PostgresSessionStore.ReadRow(r);
        return r.IsDBNull(epoch) ? null : new OwnedSession(new SessionLease(row.Id, row.UserId, r.GetInt64(epoch)), row);
    }
}
