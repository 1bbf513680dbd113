using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresMessageQueue(PostgresDatabase database, RecordCipher cipher, TimeProvider time) : IMessageQueue
{
    public async Task<IReadOnlyList<QueuedMessage>> ListAsync(Guid sessionId, int limit, CancellationToken ct)
    {
        var rows = await database.QueryAsync(
            new PostgresStatement(
                "select id, whatsapp_id, request, expires_at from recado.queued_messages where session_id = @session order by id limit @limit",
                ("session", sessionId), ("limit", limit)),
            r => (Id: r.GetGuid(0), WhatsAppId: r.GetString(1), Request: r.Bytes(2), ExpiresAt: r.Time(3)), ct);
        return [.. rows.Select(r => new QueuedMessage(r.Id, r.WhatsAppId, cipher.Open(RecordPlace.Queued(sessionId, r.Id), r.Request), r.ExpiresAt))];
    }

    public Task<int> CountAsync(Guid sessionId, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement("select count(*)::integer from recado.queued_messages where session_id = @session", ("session", sessionId)),
        r => r.GetInt32(0), ct);

    public async Task<IReadOnlyList<Guid>> ListOverdueAsync(CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement("select distinct session_id from recado.queued_messages where expires_at <= @now", ("now", time.GetUtcNow())),
        r => r.GetGuid(0), ct);

    public static PostgresStatement Insert(MessageRow row, byte[] request, DateTimeOffset expiresAt) => new(
        """
        insert into recado.queued_messages (session_id, id, whatsapp_id, key_id, request, expires_at)
        values (@session, @id, @whatsapp, @key, @request, @expires)
        """,
        ("session", row.SessionId), ("id", row.Id), ("whatsapp", row.WhatsAppId), ("key", (long)RecordCipher.KeyIdOf(request)), ("request", request),
        ("expires", expiresAt));

    /// <summary>Takes a message off the queue, with its row unless that has moved on.</summary>
    public static PostgresStatement Remove(Guid sessionId, string whatsAppId) => new(
        """
        with q as (delete from recado.queued_messages where session_id = @session and whatsapp_id = @whatsapp)
        delete from public.messages where whatsapp_session_id = @session and whatsapp_id = @whatsapp and direction = 'sent' and status = 'queued'
        """,
        ("session", sessionId), ("whatsapp", whatsAppId));
}
