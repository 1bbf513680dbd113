using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteSessionStore(SqliteDatabase database, TimeProvider time) : ISessionStore
{
    private const string Columns =
        "id, user_id, name, phone_number, lid, status, reason, reason_code, last_connected_at, created_at, updated_at, is_paired, settings";

    public const string RunningStates = "('connecting', 'connected', 'reconnecting')";

    public Task<SessionRow?> CreateAsync(Guid userId, string? name, int limit, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            db => db.First(
                $"""
                insert into whatsapp_sessions (id, user_id, name, status, created_at, updated_at)
                select $id, $user, $name, 'connecting', $now, $now
                where (select count(*) from whatsapp_sessions where user_id = $user and status in {RunningStates}) < $limit
                returning {Columns}
                """,
                ReadRow,
                ("$id", Guid.CreateVersion7(now)), ("$user", userId), ("$name", name), ("$now", now), ("$limit", limit)),
            ct);
    }

    public Task<IReadOnlyList<SessionRow>> ListAsync(Guid userId, CancellationToken ct) => database.ReadAsync<IReadOnlyList<SessionRow>>(
        db => db.Query(
            $"select {Columns} from whatsapp_sessions where user_id = $user order by created_at desc, id desc", ReadRow, ("$user", userId)),
        ct);

    public Task<SessionRow?> FindAsync(Guid userId, Guid sessionId, CancellationToken ct) => database.ReadAsync(
        db => db.First(
            $"select {Columns} from whatsapp_sessions where id = $id and user_id = $user", ReadRow, ("$id", sessionId), ("$user", userId)),
        ct);

    public Task<SessionRow?> ChangeAsync(Guid userId, Guid sessionId, Func<SessionRow, SessionRow> change, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            db =>
            {
                if (Find(db, sessionId) is not { } row || row.UserId != userId)
                    return null;

                var next = change(row);
                return db.First(
                    $"update whatsapp_sessions set name = $name, settings = $settings, updated_at = $now where id = $id returning {Columns}", ReadRow,
                    ("$name", next.Name), ("$settings", next.Settings.ToJson()), ("$now", now), ("$id", sessionId));
            },
            ct);
    }

    public Task<SessionRow?> FindAsync(Guid sessionId, CancellationToken ct) => database.ReadAsync(db => Find(db, sessionId), ct);

    public Task<IReadOnlyList<SessionRow>> ListByStateAsync(IReadOnlyCollection<string> states, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<SessionRow>>(
            db => [.. states.SelectMany(state => db.Query(
                $"select {Columns} from whatsapp_sessions where status = $status", ReadRow, ("$status", state))).OrderBy(row => row.CreatedAt)],
            ct);

    public Task<IReadOnlyDictionary<string, int>> CountByStateAsync(CancellationToken ct) => database.ReadAsync<IReadOnlyDictionary<string, int>>(
        db => db.Query("select status, count(*) from whatsapp_sessions group by status", r => KeyValuePair.Create(r.GetString(0), r.GetInt32(1))).ToDictionary(),
        ct);

    public static SessionRow? Find(SqliteStatements db, Guid sessionId) =>
        db.First($"select {Columns} from whatsapp_sessions where id = $id", ReadRow, ("$id", sessionId));

    private static SessionRow ReadRow(SqliteDataReader r) => new()
    {
        Id = r.Guid(0),
        UserId = r.Guid(1),
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
