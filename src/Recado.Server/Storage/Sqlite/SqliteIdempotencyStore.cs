using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteIdempotencyStore(SqliteDatabase database, RecordCipher cipher, TimeProvider time) : IIdempotencyStore
{
    private const string Mine = "user_id = $user and key = $key and owner = $owner and answer is null";

    public async Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt, TimeSpan patience, TimeSpan lifetime, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (taken, known) = await database.WriteAsync<(string? Taken, (byte[] Hash, byte[]? Answer) Known)>(
            db =>
            {
                var messageId = db.First(
                    """
                    insert into idempotency_keys as k (user_id, key, request_hash, message_id, owner, claimed_until, expires_at)
                    values ($user, $key, $hash, $message, $owner, $until, $expires)
                    on conflict (user_id, key) do update
                    set request_hash = excluded.request_hash, owner = excluded.owner, claimed_until = excluded.claimed_until,
                        message_id = case when k.expires_at <= $now then excluded.message_id else k.message_id end,
                        expires_at = case when k.expires_at <= $now then excluded.expires_at else k.expires_at end,
                        key_id = null, answer = null
                    where k.expires_at <= $now or (k.answer is null and k.claimed_until <= $now and k.request_hash = excluded.request_hash)
                    returning message_id
                    """,
                    r => r.GetString(0),
                    ("$user", attempt.UserId), ("$key", attempt.Key), ("$hash", attempt.RequestHash), ("$message", attempt.MessageId),
                    ("$owner", attempt.Owner), ("$until", now + patience), ("$expires", now + lifetime), ("$now", now));
                return messageId is not null
                    ? (messageId, default)
                    : (null, db.First(
                        "select request_hash, answer from idempotency_keys where user_id = $user and key = $key",
                        r => (Hash: r.Bytes(0), Answer: r.IsDBNull(1) ? null : r.Bytes(1)), ("$user", attempt.UserId), ("$key", attempt.Key)));
            },
            ct);

        return taken is not null ? new IdempotencyClaim.Taken(taken) : IdempotencyAnswers.Judge(attempt, known.Hash, known.Answer, cipher);
    }

    public Task KeepAsync(IdempotencyAttempt attempt, TimeSpan patience, CancellationToken ct)
    {
        var until = time.GetUtcNow() + patience;
        return database.WriteAsync(
            db => db.Execute(
                $"update idempotency_keys set claimed_until = $until where {Mine}",
                ("$until", until), ("$user", attempt.UserId), ("$key", attempt.Key), ("$owner", attempt.Owner)),
            ct);
    }

    public Task AnswerAsync(IdempotencyAttempt attempt, ReadOnlyMemory<byte> answer, TimeSpan lifetime, CancellationToken ct)
    {
        var data = cipher.Seal(RecordPlace.Answer(attempt.UserId, attempt.Key), answer.Span);
        var expires = time.GetUtcNow() + lifetime;
        return database.WriteAsync(
            db => db.Execute(
                $"update idempotency_keys set key_id = $id, answer = $answer, expires_at = $expires where {Mine}",
                ("$id", RecordCipher.KeyIdOf(data)), ("$answer", data), ("$expires", expires),
                ("$user", attempt.UserId), ("$key", attempt.Key), ("$owner", attempt.Owner)),
            ct);
    }

    public Task ReleaseAsync(IdempotencyAttempt attempt, bool isUndone, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            db => isUndone
                ? db.Execute($"delete from idempotency_keys where {Mine}", ("$user", attempt.UserId), ("$key", attempt.Key), ("$owner", attempt.Owner))
                : db.Execute(
                    $"update idempotency_keys set claimed_until = $now where {Mine}",
                    ("$now", now), ("$user", attempt.UserId), ("$key", attempt.Key), ("$owner", attempt.Owner)),
            ct);
    }
}
