using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresMediaStore(PostgresDatabase database, RecordCipher cipher, TimeProvider time) : IMediaStore
{
    private const string Columns = "id, user_id, session_id, status, mime_type, size, sha256, file_name, failure";

    public Task<MediaRow?> FindAsync(Guid userId, Guid id, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement($"select {Columns} from recado.media where id = @id and user_id = @user", ("id", id), ("user", userId)), Read, ct);

    public Task AddAsync(MediaRow row, CancellationToken ct) => database.WriteAsync([Insert(row, time.GetUtcNow())], ct);

    public Task WantAsync(MediaRow row, CancellationToken ct) => database.WriteAsync(
        [new PostgresStatement("update recado.media set is_wanted = true where id = @id and user_id = @user", ("id", row.Id), ("user", row.UserId))], ct);

    public async Task<IReadOnlySet<string>> FindUsedAsync(IReadOnlyList<string> hashes, CancellationToken ct)
    {
        var used = await database.QueryAsync(
            new PostgresStatement(
                "select h.hash from unnest(@hashes) as h (hash) where exists (select from recado.media m where m.sha256 = h.hash)",
                ("hashes", hashes.ToArray())),
            r => r.GetString(0), ct);
        return used.ToHashSet(StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<PendingMedia>> ListPendingAsync(Guid sessionId, int limit, CancellationToken ct)
    {
        var rows = await database.QueryAsync(
            new PostgresStatement(
                $"""
                select {Columns}, direction, whatsapp_id, reference from recado.media
                where session_id = @session and status = 'pending' and is_wanted order by created_at limit @limit
                """,
                ("session", sessionId), ("limit", limit)),
            r => (Row: Read(r), Direction: r.GetString(9), WhatsAppId: r.GetString(10), Reference: r.Bytes(11)), ct);
        return [.. rows.Select(r => new PendingMedia(r.Row, r.Direction, r.WhatsAppId, cipher.Open(Place(r.Row), r.Reference)))];
    }

    /// <summary>Where the reference of a file lies.</summary>
    public static RecordPlace Place(MediaRow row) => RecordPlace.File(row.SessionId, row.Id);

    public static PostgresStatement Insert(
        MediaRow row, DateTimeOffset now, string? direction = null, string? whatsAppId = null, byte[]? reference = null,
        bool isWanted = true) => new(
        """
        insert into recado.media (id, user_id, session_id, status, mime_type, size, sha256, file_name, failure, direction, whatsapp_id, reference, is_wanted,
            created_at)
        values (@id, @user, @session, @status, @mime, @size, @sha256, @name, @failure, @direction, @whatsapp, @reference, @wanted, @now)
        """,
        ("id", row.Id), ("user", row.UserId), ("session", row.SessionId), ("status", row.Status), ("mime", row.MimeType), ("size", row.Size),
        ("sha256", row.Sha256), ("name", row.FileName), ("failure", row.Failure), ("direction", direction), ("whatsapp", whatsAppId),
        ("reference", reference), ("wanted", isWanted), ("now", now));

    private static MediaRow Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetString(3), r.Text(4), r.GetInt64(5), r.GetString(6), r.Text(7), r.Text(8));
}
