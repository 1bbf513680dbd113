using System.Text.Json;
using Npgsql;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresApiKeyStore(PostgresDatabase database) : IApiKeyStore
{
    private const string Columns = "id, user_id, name, prefix, scopes, sessions, created_at, last_used_at, expires_at";

    public Task<bool> AddAsync(ApiKeyRow row, byte[] hash, int limit, CancellationToken ct) => database.WriteAsync(
        async pipeline =>
        {
            var isAdded = false;
            pipeline.Add(new PostgresStatement("select pg_advisory_xact_lock(hashtextextended('recado.api_keys ' || @user::uuid, 0))", ("user", row.UserId)), _ => { });
            pipeline.Add(
                new PostgresStatement(
                    """
                    insert into recado.api_keys (id, user_id, name, prefix, hash, scopes, sessions, created_at, expires_at)
                    select @id::uuid, @user::uuid, @name::text, @prefix::text, @hash::bytea, @scopes::jsonb, @sessions::jsonb, @created::timestamptz, @expires::timestamptz
                    where (select count(*) from recado.api_keys where user_id = @user) < @limit
                    returning id
                    """,
                    ("id", row.Id), ("user", row.UserId), ("name", row.Name), ("prefix", row.Prefix), ("hash", hash),
                    ("scopes", JsonSerializer.Serialize(row.Scopes)), ("sessions", row.Sessions is { } sessions ? JsonSerializer.Serialize(sessions) : null),
                    ("created", row.CreatedAt), ("expires", row.ExpiresAt), ("limit", limit)),
                _ => isAdded = true);
            await pipeline.CommitAsync(ct);
            return isAdded;
        },
        ct);

    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(Guid userId, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement($"select {Columns} from recado.api_keys where user_id = @user order by created_at desc, id desc", ("user", userId)), ReadRow, ct);

    public Task<ApiKeyRow?> RemoveAsync(Guid userId, Guid id, CancellationToken ct) => database.WriteAsync(
        async pipeline =>
        {
            ApiKeyRow? removed = null;
            pipeline.Add(
                new PostgresStatement($"delete from recado.api_keys where id = @id and user_id = @user returning {Columns}", ("id", id), ("user", userId)),
                row => removed = ReadRow(row));
            await pipeline.CommitAsync(ct);
            return removed;
        },
        ct);

    public Task<StoredApiKey?> FindAsync(string prefix, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement($"select {Columns}, hash from recado.api_keys where prefix = @prefix", ("prefix", prefix)),
        r => new StoredApiKey(ReadRow(r), r.Bytes(9)), ct);

    public Task<IReadOnlySet<string>> TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken ct) => database.WriteAsync<IReadOnlySet<string>>(
        async pipeline =>
        {
            var alive = new HashSet<string>(StringComparer.Ordinal);
            pipeline.Add(
                new PostgresStatement(
                    """
                    update recado.api_keys k set last_used_at = greatest(k.last_used_at, u.at)
                    from unnest(@prefixes, @times) as u (prefix, at) where k.prefix = u.prefix returning k.prefix
                    """,
                    ("prefixes", uses.Keys.ToArray()), ("times", uses.Values.Select(at => at.UtcDateTime).ToArray())),
                row => alive.Add(row.GetString(0)));
            await pipeline.CommitAsync(ct);
            return alive;
        },
        ct);

    private static ApiKeyRow ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        UserId = r.GetGuid(1),
        Name = r.GetString(2),
        Prefix = r.GetString(3),
        Scopes = JsonSerializer.Deserialize<string[]>(r.GetString(4))!,
        Sessions = r.Text(5) is { } sessions ? JsonSerializer.Deserialize<Guid[]>(sessions) : null,
        CreatedAt = r.Time(6),
        LastUsedAt = r.TimeOrNull(7),
        ExpiresAt = r.TimeOrNull(8),
    };
}
