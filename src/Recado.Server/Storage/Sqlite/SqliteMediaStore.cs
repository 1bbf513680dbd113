using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteMediaStore(SqliteDatabase database, RecordCipher cipher, TimeProvider time) : IMediaStore
{
    private const string Columns = "id, user_id, session_id, status, mime_type, size, sha256, file_name, failure";

    public Task<MediaRow?> FindAsync(Guid userId, Guid id, CancellationToken ct) => database.ReadAsync(
        db => db.First($"select {Columns} from media where id = $id and user_id = $user", Read, ("$id", id), ("$user", userId)), ct);

    public Task AddAsync(MediaRow row, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(db => Insert(db, row, now), ct);
    }

    public Task WantAsync(MediaRow row, CancellationToken ct) => database.WriteAsync(
        db => db.Execute("update media set is_wanted = 1 where id = $id and user_id = $user", ("$id", row.Id), ("$user", row.UserId)), ct);

    public Task<IReadOnlySet<string>> FindUsedAsync(IReadOnlyList<string> hashes, CancellationToken ct) => database.ReadAsync<IReadOnlySet<string>>(
        db => hashes.Where(hash => db.First("select 1 from media where sha256 = $hash limit 1", r => r.GetInt32(0), ("$hash", hash)) == 1).ToHashSet(), ct);

    public async Task<IReadOnlyList<PendingMedia>> ListPendingAsync(Guid sessionId, int limit, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            db => db.Query(
                $"select {Columns}, direction, whatsapp_id, reference from media where session_id = $session and status = 'pending' and is_wanted = 1 order by created_at limit $limit",
                r => (Row: Read(r), Direction: r.GetString(9), WhatsAppId: r.GetString(10), Reference: r.Bytes(11)),
                ("$session", sessionId), ("$limit", limit)),
            ct);
        return [.. rows.Select(r => new PendingMedia(r.Row, r.Direction, r.WhatsAppId, cipher.Open(Place(r.Row), r.Reference)))];
    }

    /// <summary>Where the reference of a file lies.</summary>
    public static RecordPlace Place(MediaRow row) => RecordPlace.File(row.SessionId, row.Id);

    public static int Insert(
        SqliteStatements db, MediaRow row, DateTimeOffset now, string? direction = null, string? whatsAppId = null, byte[]? reference = null,
        bool isWanted = true) => db.Execute(
        """
        insert into media (id, user_id, session_id, status, mime_type, size, sha256, file_name, failure, direction, whatsapp_id, reference, is_wanted, created_at)
        values ($id, $user, $session, $status, $mime, $size, $sha256, $name, $failure, $direction, $whatsapp, $reference, $wanted, $now)
        """,
        ("$id", row.Id), ("$user", row.UserId), ("$session", row.SessionId), ("$status", row.Status), ("$mime", row.MimeType), ("$size", row.Size),
        ("$sha256", row.Sha256), ("$name", row.FileName), ("$failure", row.Failure), ("$direction", direction), ("$whatsapp", whatsAppId),
        ("$reference", reference), ("$wanted", isWanted), ("$now", now));

    private static MediaRow Read(SqliteDataReader r) => new(
        r.Guid(0), r.Guid(1), r.Guid(2), r.GetString(3), r.Text(4), r.GetInt64(5), r.GetString(6), r.Text(7), r.Text(8));
}
