using Npgsql;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresSessionStore(PostgresDatabase database, TimeProvider time) : ISessionStore
{
    public const string Columns =
        "id, user_id, name, phone_number, lid, status, reason, reason_code, last_connected_at, created_at, updated_at, is_paired, settings";

    public const string RunningStates = "('connecting', 'connected', 'reconnecting')";

    public Task<SessionRow?> CreateAsync(Guid userId, string? name, int limit, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            async pipeline =>
            {
                SessionRow? created = null;
                pipeline.Add(LockUser("select @user::uuid as user_id", ("user", userId)), _ => { });
                pipeline.Add(
                    new PostgresStatement(
                        $"""
                        insert into public.whatsapp_sessions (id, user_id, name, status, created_at, updated_at)
                        select @id::uuid, @user::uuid, @name::text, 'connecting', @now::timestamptz, @now::timestamptz
                        where (select count(*) from public.whatsapp_sessions where user_id = @user and status in {RunningStates}) < @limit
                        returning {Columns}
                        """,
                        ("id", Guid.CreateVersion7(now)), ("user", userId), ("name", name), ("now", now), ("limit", limit)),
                    row => created = ReadRow(row));
                await pipeline.CommitAsync(ct);
                return created;
            },
            ct);
    }

    public async Task<IReadOnlyList<SessionRow>> ListAsync(Guid userId, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement(
            $"select {Columns} from public.whatsapp_sessions where user_id = @user order by created_at desc, id desc", ("user", userId)),
        ReadRow, ct);

    public Task<SessionRow?> FindAsync(Guid userId, Guid sessionId, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            $"select {Columns} from public.whatsapp_sessions where id = @id and user_id = @user", ("id", sessionId), ("user", userId)),
        ReadRow, ct);

    public async Task<SessionRow?> ChangeAsync(Guid userId, Guid sessionId, Func<SessionRow, SessionRow> change, CancellationToken ct)
    {
        while (await FindAsync(userId, sessionId, ct) is { } row)
        {
            var next = change(row);
            SessionRow? changed = null;
            await database.WriteAsync<bool>(
                async pipeline =>
                {
                    // Somebody else's change in between makes this one begin again, on what the row has become.
                    pipeline.Add(
                        new PostgresStatement(
                            $"""
                            update public.whatsapp_sessions set name = @name::text, settings = @settings::jsonb,
                                updated_at = greatest(@now::timestamptz, updated_at + interval '1 microsecond')
                            where id = @id and updated_at = @seen returning {Columns}
                            """,
                            ("name", next.Name is { } name ? PostgresText.Clean(name) : null), ("settings", PostgresText.CleanJson(next.Settings.ToJson())),
                            ("now", time.GetUtcNow()), ("id", sessionId), ("seen", row.UpdatedAt)),
                        r => changed = ReadRow(r));
                    await pipeline.CommitAsync(ct);
                    return true;
                },
                ct);
            if (changed is not null)
                return changed;
        }

        return null;
    }

    public Task<SessionRow?> FindAsync(Guid sessionId, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement($"select {Columns} from public.whatsapp_sessions where id = @id", ("id", sessionId)), ReadRow, ct);

    public async Task<IReadOnlyList<SessionRow>> ListByStateAsync(IReadOnlyCollection<string> states, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement(
            $"select {Columns} from public.whatsapp_sessions where status = any(@states) order by created_at", ("states", states.ToArray())),
        ReadRow, ct);

    public async Task<IReadOnlyDictionary<string, int>> CountByStateAsync(CancellationToken ct) => (await database.QueryAsync(
        new PostgresStatement("select status, count(*)::int from public.whatsapp_sessions group by status"),
        r => KeyValuePair.Create(r.GetString(0), r.GetInt32(1)),
        ct)).ToDictionary();

    /// <summary>Lets one transaction at a time count and add a user's sessions.</summary>
    /// <param name="user">A query for the user.</param>
    public static PostgresStatement LockUser(string user, params IReadOnlyList<(string, object?)> values) =>
        new($"select pg_advisory_xact_lock(hashtextextended('recado.sessions ' || u.user_id, 0)) from ({user}) u", values);

    public static SessionRow ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        UserId = r.GetGuid(1),
        Name = r.Text(2),
        PhoneNumber = r.Text(3),
        Lid = r.Text(4),
        Status = r.GetString(5),
        Reason = r.Text(6),
        ReasonCode = r.Text(7),
        LastConnectedAt = r.TimeOrNull(8),
        CreatedAt = r.Time(9),
        UpdatedAt = r.Time(10),
        IsPaired = r.GetBoolean(11),
        Settings = SessionSettings.Parse(r.GetString(12)),
    };
}
