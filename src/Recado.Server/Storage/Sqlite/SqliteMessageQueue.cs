using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteMessageQueue(SqliteDatabase database, RecordCipher cipher, TimeProvider time) : IMessageQueue
{
    public async Task<IReadOnlyList<QueuedMessage>> ListAsync(Guid sessionId, int limit, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            db => db.Query(
                "select id, whatsapp_id, request, expires_at from queued_messages where session_id = $session order by id limit $limit",
                r => (Id: r.Guid(0), WhatsAppId: r.GetString(1), Request: r.Bytes(2), ExpiresAt: r.Time(3)), ("$session", sessionId), ("$limit", limit)),
            ct);
        return [.. rows.Select(r => new QueuedMessage(r.Id, r.WhatsAppId, cipher.Open(RecordPlace.Queued(sessionId, r.Id), r.Request), r.ExpiresAt))];
    }

    public Task<int> CountAsync(Guid sessionId, CancellationToken ct) => database.ReadAsync(
        db => db.First("select count(*) from queued_messages where session_id = $session", r => r.GetInt32(0), ("$session", sessionId)), ct);

    public Task<IReadOnlyList<Guid>> ListOverdueAsync(CancellationToken ct) => database.ReadAsync<IReadOnlyList<Guid>>(
        db => db.Query("select distinct session_id from queued_messages where expires_at <= $now", r => r.Guid(0), ("$now", time.GetUtcNow())), ct);

    public static void Insert(SqliteStatements db, MessageRow row, byte[] request, DateTimeOffset expiresAt) => db.Execute(
        "insert into queued_messages (session_id, id, whatsapp_id, key_id, request, expires_at) values ($session, $id, $whatsapp, $key, $request, $expires)",
        ("$session", row.SessionId), ("$id", row.Id), ("$whatsapp", row.WhatsAppId), ("$key", RecordCipher.KeyIdOf(request)), ("$request", request),
        ("$expires", expiresAt));

    /// <summary>Takes a message off the queue, with its row unless that has moved on.</summary>
    public static void Remove(SqliteStatements db, Guid sessionId, string whatsAppId)
    {
        db.Execute("delete from queued_messages where session_id = $session and whatsapp_id = $whatsapp", ("$session", sessionId), ("$whatsapp", whatsAppId));
        db.Execute(
            "delete from messages where whatsapp_session_id = $session and whatsapp_id = $whatsapp and direction = 'sent' and status = 'queued'",
            ("$session", sessionId), ("$whatsapp", whatsAppId));
    }
}
