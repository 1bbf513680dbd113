using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteApiKeyStore(SqliteDatabase database) : IApiKeyStore
{
    private const string Columns = "id, user_id, name, prefix, scopes, sessions, created_at, last_used_at, expires_at";

    public Task<bool> AddAsync(ApiKeyRow row, byte[] hash, int limit, CancellationToken ct) => database.WriteAsync(
        db => db.Execute(
            """
            insert into api_keys (id, user_id, name, prefix, hash, scopes, sessions, created_at, expires_at)
            select $id, $user, $name, $prefix, $hash, $scopes, $sessions, $created, $expires
            where (select count(*) from api_keys where user_id = $user) < $limit
            """,
            ("$id", row.Id), ("$user", row.UserId), ("$name", row.Name), ("$prefix", row.Prefix), ("$hash", hash),
            ("$scopes", JsonSerializer.Serialize(row.Scopes)), ("$sessions", row.Sessions is { } sessions ? JsonSerializer.Serialize(sessions) : null),
            ("$created", row.CreatedAt), ("$expires", row.ExpiresAt), ("$limit", limit)) == 1,
        ct);

    public Task<IReadOnlyList<ApiKeyRow>> ListAsync(Guid userId, CancellationToken ct) => database.ReadAsync<IReadOnlyList<ApiKeyRow>>(
        db => db.Query($"select {Columns} from api_keys where user_id = $user order by created_at desc, id desc", ReadRow, ("$user", userId)), ct);

    public Task<ApiKeyRow?> RemoveAsync(Guid userId, Guid id, CancellationToken ct) => database.WriteAsync(
        db => db.First($"delete from api_keys where id = $id and user_id = $user returning {Columns}", ReadRow, ("$id", id), ("$user", userId)), ct);

    public Task<StoredApiKey?> FindAsync(string prefix, CancellationToken ct) => database.ReadAsync(
        db => db.First($"select {Columns}, hash from api_keys where prefix = $prefix", r => new StoredApiKey(ReadRow(r), r.Bytes(9)), ("$prefix", prefix)), ct);

    public Task<IReadOnlySet<string>> TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken ct) =>
        database.WriteAsync<IReadOnlySet<string>>(
            db => uses.Where(use => db.Execute(
                "update api_keys set last_used_at = max(coalesce(last_used_at, 0), $at) where prefix = $prefix", ("$at", use.Value), ("$prefix", use.Key)) == 1)
                .Select(use => use.Key).ToHashSet(StringComparer.Ordinal),
            ct);

    private static ApiKeyRow ReadRow(SqliteDataReader r) => new()
    {
        Id = r.Guid(0),
        UserId = r.Guid(1),
        Name = r.GetString(2),
        Prefix = r.GetString(3),
        Scopes = JsonSerializer.Deserialize<string[]>(r.GetString(4))!,
        Sessions = r.Text(5) is { } sessions ? JsonSerializer.Deserialize<Guid[]>(sessions) : null,
        CreatedAt = r.Time(6),
        LastUsedAt = r.TimeOrNull(7),
        ExpiresAt = r.TimeOrNull(8),
    };
}
