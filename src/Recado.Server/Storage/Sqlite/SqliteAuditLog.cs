using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteAuditLog(SqliteDatabase database) : IAuditLog
{
    private const string Columns = "id, at, action, session_id, target, key_prefix, address, user_agent, outcome";

    public Task AddAsync(IReadOnlyList<AuditRow> rows, CancellationToken ct) => database.WriteAsync(
        db => rows.Sum(row => db.Execute(
            $"""
            insert into audit_log (user_id, {Columns}) values ($user, $id, $at, $action, $session, $target, $key, $address, $agent, $outcome)
            on conflict do nothing
            """,
            ("$user", row.UserId), ("$id", row.Id), ("$at", row.At), ("$action", row.Action), ("$session", row.SessionId), ("$target", row.Target),
            ("$key", row.KeyPrefix), ("$address", row.Address), ("$agent", row.UserAgent), ("$outcome", row.Outcome))),
        ct);

    public Task<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken ct)
    {
        List<(string, object?)> values = [("$user", query.UserId), ("$limit", query.Limit)];
        var conditions = "user_id = $user";
        Add(query.Before, " and id < $before", "$before");
        Add(query.SessionId, " and session_id = $session", "$session");
        Add(query.Action, " and action = $action", "$action");
        return database.ReadAsync<IReadOnlyList<AuditRow>>(
            db => db.Query($"select {Columns} from audit_log where {conditions} order by id desc limit $limit", r => ReadRow(r, query.UserId), [.. values]), ct);

        void Add(object? value, string condition, string name)
        {
            if (value is null)
                return;

            conditions += condition;
            values.Add((name, value));
        }
    }

    private static AuditRow ReadRow(SqliteDataReader r, Guid userId) => new()
    {
        UserId = userId,
        Id = r.Guid(0),
        At = r.Time(1),
        Action = r.GetString(2),
        SessionId = r.IsDBNull(3) ? null : r.Guid(3),
        Target = r.Text(4),
        KeyPrefix = r.Text(5),
        Address = r.Text(6),
        UserAgent = r.Text(7),
        Outcome = r.GetString(8),
    };
}
