using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresVault(PostgresDatabase database) : IVault
{
    public async Task<IReadOnlyList<SealedValue>> ReadAsync(
        SealedColumn column, IReadOnlyList<string>? after, int limit, bool isClearWanted, CancellationToken ct)
    {
        var key = string.Join(", ", column.Key.Select(k => k.Name));
        var conditions = new List<string> { $"{column.Column} is not null" };
        if (column.Form == SealedForm.Json && !isClearWanted)
            conditions.Add($"{column.Column} ->> 'encrypted' like 'recado:%'");
        if (column.Table == "messages")
            conditions.Add("whatsapp_session_id is not null"); // others' rows have no session, and are left alone
        if (after is not null)
            conditions.Add($"({key}) > ({string.Join(", ", column.Key.Select((k, i) => $"@k{i}{Cast(k)}"))})");

        return await database.QueryAsync(
            new PostgresStatement(
                $"""
                select {column.Column}{(column.Form == SealedForm.Json ? "::text" : "")}, {string.Join(", ", column.Key.Select(k => $"{k.Name}::text"))}
                    {string.Concat(column.More.Select(name => $", {name}::text"))}
                from {Table(column)} where {string.Join(" and ", conditions)} order by {key} limit @limit
                """,
                [("limit", limit), .. (after ?? []).Select((value, i) => ($"k{i}", (object?)value))]),
            r => Read(column, r), ct);
    }

    public Task<int> ReplaceAsync(SealedColumn column, IReadOnlyList<Resealed> changes, CancellationToken ct) => database.WriteAsync(
        async pipeline =>
        {
            var count = 0;

            // A session's commit begins with its lease as well, so that neither waits for the other's rows.
            pipeline.Add(
                new PostgresStatement(
                    "select session_id from recado.session_lease where session_id = any(@sessions) order by session_id for no key update",
                    ("sessions", changes.Select(c => c.Old.Place.SessionId).Distinct().ToArray())),
                _ => { });
            pipeline.Add(Replace(column, changes), _ => count++);
            await pipeline.CommitAsync(ct);
            return count;
        },
        ct);

    public async Task<StorageHealth> ExamineAsync(CancellationToken ct) => (await database.FirstAsync(
        new PostgresStatement("select clock_timestamp(), (select max(created_at) from recado.user_events), current_setting('default_transaction_read_only')"),
        r => new StorageHealth(
            r.GetString(2) == "on" ? "it can only be read; is its disk full?" : null, // Supabase's way of telling
            r.Time(0), r.TimeOrNull(1)),
        ct))!;

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static PostgresStatement Replace(SealedColumn column, IReadOnlyList<Resealed> changes)
    {
        var (compared, type) = column.Form switch
        {
            SealedForm.Bytes => ("t." + column.Column, "bytea"),
            SealedForm.Credentials => ("t." + column.Column, "text"),
            _ => ($"t.{column.Column}::text", "text"), // of json there is no equality
        };
        var assigned = column.Form == SealedForm.Json ? $"n.new::{(column.Table == "user_events" ? "json" : "jsonb")}" : "n.new";
        var values = column.Key.Select((_, i) => ($"k{i}", (object?)changes.Select(c => c.Old.Key[i]).ToArray())).ToList();
        values.Add(("keys", changes.Select(c => (long)RecordCipher.KeyIdOf(c.New)).ToArray()));
        if (column.Form == SealedForm.Bytes)
            values.AddRange([("old", changes.Select(c => (byte[])c.Old.Stored).ToArray()), ("new", changes.Select(c => c.New).ToArray())]);
        else
            values.AddRange([("old", changes.Select(c => (string)c.Old.Stored).ToArray()), ("new", changes.Select(c => ToText(column, c)).ToArray())]);

        return new PostgresStatement(
            $"""
            update {Table(column)} t set {column.Column} = {assigned}{(column.HasKeyId ? ", key_id = n.key_id" : "")}
            from unnest({string.Join(", ", column.Key.Select((_, i) => $"@k{i}::text[]"))}, @old::{type}[], @new::{type}[], @keys::bigint[])
                as n ({string.Join(", ", column.Key.Select((_, i) => $"k{i}"))}, old, new, key_id)
            where {string.Join(" and ", column.Key.Select((k, i) => $"t.{k.Name} = n.k{i}{Cast(k)}"))} and {compared} = n.old
            returning 1
            """,
            values);
    }

    private static SealedValue Read(SealedColumn column, NpgsqlDataReader r)
    {
        var names = Enumerable.Range(1, column.Key.Count + column.More.Count).Select(i => r.Text(i) ?? "").ToList();
        var (stored, data) = column.Form switch
        {
            SealedForm.Bytes => ((object)r.Bytes(0), r.Bytes(0)),
            SealedForm.Credentials => (r.GetString(0), FindCredentials(r.GetString(0))),
            _ => (r.GetString(0), RecordCipher.FindSealed(r.GetString(0))),
        };
        return new SealedValue([.. names.Take(column.Key.Count)], column.Place(names), stored, data);
    }

    private static byte[]? FindCredentials(string text)
    {
        try
        {
            return PostgresCredentials.FromColumn(text);
        }
        catch (StorageException)
        {
            return []; // damaged
        }
    }

    private static string ToText(SealedColumn column, Resealed change) => column.Form == SealedForm.Json
        ? RecordCipher.ToJson(change.Old.Place, change.New, (string)change.Old.Stored)
        : PostgresCredentials.ToColumn(change.New)!;

    private static string Table(SealedColumn column) => $"{(column.Table is "messages" or "leads" or "whatsapp_sessions" ? "public" : "recado")}.{column.Table}";

    private static string Cast(KeyColumn column) => column.Type switch
    {
        KeyType.Uuid => "::uuid",
        KeyType.Number => "::bigint",
        _ => "",
    };
}
