using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteVault(SqliteDatabase database) : IVault
{
    public Task<IReadOnlyList<SealedValue>> ReadAsync(
        SealedColumn column, IReadOnlyList<string>? after, int limit, bool isClearWanted, CancellationToken ct)
    {
        var key = string.Join(", ", column.Key.Select(k => k.Name));
        var condition = column.Form == SealedForm.Json && !isClearWanted ? $"{column.Column} ->> '$.encrypted' like 'recado:%'" : $"{column.Column} is not null";
        var sql =
            $"""
            select {column.Column}, {key}{string.Concat(column.More.Select(name => $", {name}"))} from {column.Table}
            where {condition}{(after is null ? "" : $" and ({key}) > ({string.Join(", ", column.Key.Select((k, i) => Value(k, i)))})")}
            order by {key} limit $limit
            """;
        (string, object?)[] parameters = [("$limit", limit), .. (after ?? []).Select((value, i) => ($"$k{i}", (object?)value))];
        return database.ReadAsync<IReadOnlyList<SealedValue>>(db => db.Query(sql, r => Read(column, r), parameters), ct);
    }

    public Task<int> ReplaceAsync(SealedColumn column, IReadOnlyList<Resealed> changes, CancellationToken ct)
    {
        var sql =
            $"""
            update {column.Table} set {column.Column} = $new{(column.HasKeyId ? ", key_id = $key" : "")}
            where {string.Join(" and ", column.Key.Select((k, i) => $"{k.Name} = {Value(k, i)}"))} and {column.Column} = $old
            """;
        return database.WriteAsync(
            db => changes.Sum(change => db.Execute(
                sql,
                [
                    ("$new", column.Form == SealedForm.Json ? RecordCipher.ToJson(change.Old.Place, change.New, (string)change.Old.Stored) : change.New),
                    ("$old", change.Old.Stored),
                    .. change.Old.Key.Select((value, i) => ($"$k{i}", (object?)value)),
                    .. column.HasKeyId ? [("$key", (object?)RecordCipher.KeyIdOf(change.New))] : Array.Empty<(string, object?)>(),
                ])),
            ct);
    }

    public Task<StorageHealth> ExamineAsync(CancellationToken ct) => database.ReadAsync(
        db => new StorageHealth(
            db.First("pragma quick_check(1)", r => r.GetString(0)) is not "ok" and var fault ? fault : null,
            Now: null,
            db.First("select max(created_at) from user_events", r => r.TimeOrNull(0))),
        ct);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static string Value(KeyColumn column, int place) => column.Type == KeyType.Number ? $"cast($k{place} as integer)" : $"$k{place}";

    private static SealedValue Read(SealedColumn column, SqliteDataReader r)
    {
        var names = Enumerable.Range(1, column.Key.Count + column.More.Count).Select(i => r.IsDBNull(i) ? "" : r.GetString(i)).ToList();
        object stored = column.Form == SealedForm.Json ? r.GetString(0) : r.Bytes(0);
        return new SealedValue(
            [.. names.Take(column.Key.Count)], column.Place(names), stored, stored as byte[] ?? RecordCipher.FindSealed((string)stored));
    }
}
