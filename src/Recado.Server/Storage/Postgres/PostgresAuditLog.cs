using Npgsql;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresAuditLog(PostgresDatabase database) : IAuditLog
{
    private const string Columns = "id, at, action, session_id, target, key_prefix, address, user_agent, outcome";

    public Task AddAsync(IReadOnlyList<AuditRow> rows, CancellationToken ct)
    {
        return database.WriteAsync(
            [
                new PostgresStatement(
                    $"""
                    insert into recado.audit_log (user_id, {Columns})
                    select * from unnest(@users, @ids, @times, @actions, @sessions, @targets, @keys, @addresses, @agents, @outcomes)
                    on conflict do nothing
                    """,
                    ("users", All(row => row.UserId)), ("ids", All(row => row.Id)), ("times", All(row => row.At.UtcDateTime)), ("actions", All(row => (string?)row.Action)),
                    ("sessions", All(row => row.SessionId)), ("targets", All(row => row.Target)), ("keys", All(row => row.KeyPrefix)),
                    ("addresses", All(row => row.Address)), ("agents", All(row => row.UserAgent)), ("outcomes", All(row => (string?)row.Outcome))),
            ],
            ct);

        T[] All<T>(Func<AuditRow, T> read) => [.. rows.Select(read)];
    }

    public async Task<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement(
            $"""
            select {Columns} from recado.audit_log
            where user_id = @user and (@before::uuid is null or id < @before) and (@session::uuid is null or session_id = @session)
                and (@action::text is null or action = @action)
            order by id desc limit @limit
            """,
            ("user", query.UserId), ("before", query.Before), ("session", query.SessionId), ("action", query.Action), ("limit", query.Limit)),
        r => ReadRow(r, query.UserId), ct);

    private static AuditRow ReadRow(NpgsqlDataReader r, Guid userId) => new()
    {
        UserId = userId,
        Id = r.GetGuid(0),
        At = r.Time(1),
        Action = r.GetString(2),
        SessionId = r.GuidOrNull(3),
        Target = r.Text(4),
        KeyPrefix = r.Text(5),
        Address = r.Text(6),
        UserAgent = r.Text(7),
        Outcome = r.GetString(8),
    };
}
