using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresIdempotencyStore(PostgresDatabase database, RecordCipher cipher, TimeProvider time) : IIdempotencyStore
{
    private const string Mine = "user_id = @user and key = @key and owner = @owner and answer is null";

    public async Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt, TimeSpan patience, TimeSpan lifetime, CancellationToken ct)
    {
        while (true)
        {
            var (taken, known) = await TryClaimAsync(attempt, patience, lifetime, ct);
            if (taken is not null)
                return new IdempotencyClaim.Taken(taken);
            if (known is var (hash, answer))
                return IdempotencyAnswers.Judge(attempt, hash, answer, cipher);

            // Let go between the two statements: it is free now.
        }
    }

    public Task KeepAsync(IdempotencyAttempt attempt, TimeSpan patience, CancellationToken ct) => database.WriteAsync(
        [
            new PostgresStatement(
                $"update recado.idempotency_keys set claimed_until = @until where {Mine}",
                ("until", time.GetUtcNow() + patience), ("user", attempt.UserId), ("key", attempt.Key), ("owner", attempt.Owner)),
        ],
        ct);

    public Task AnswerAsync(IdempotencyAttempt attempt, ReadOnlyMemory<byte> answer, TimeSpan lifetime, CancellationToken ct)
    {
        var data = cipher.Seal(RecordPlace.Answer(attempt.UserId, attempt.Key), answer.Span);
        return database.WriteAsync(
            [
                new PostgresStatement(
                    $"update recado.idempotency_keys set key_id = @id, answer = @answer, expires_at = @expires where {Mine}",
                    ("id", (long)RecordCipher.KeyIdOf(data)), ("answer", data), ("expires", time.GetUtcNow() + lifetime),
                    ("user", attempt.UserId), ("key", attempt.Key), ("owner", attempt.Owner)),
            ],
            ct);
    }

    public Task ReleaseAsync(IdempotencyAttempt attempt, bool isUndone, CancellationToken ct) => database.WriteAsync(
        [
            new PostgresStatement(
                isUndone ? $"delete from recado.idempotency_keys where {Mine}" : $"update recado.idempotency_keys set claimed_until = @now where {Mine}",
                ("now", time.GetUtcNow()), ("user", attempt.UserId), ("key", attempt.Key), ("owner", attempt.Owner)),
        ],
        ct);

    private Task<(string? Taken, (byte[] Hash, byte[]? Answer)? Known)> TryClaimAsync(
        IdempotencyAttempt attempt, TimeSpan patience, TimeSpan lifetime, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            async pipeline =>
            {
                string? taken = null;
                (byte[], byte[]?)? known = null;
                pipeline.Add(
                    new PostgresStatement(
                        """
                        insert into recado.idempotency_keys as k (user_id, key, request_hash, message_id, owner, claimed_until, expires_at)
                        values (@user, @key, @hash, @message, @owner, @until, @expires)
                        on conflict (user_id, key) do update
                        set request_hash = excluded.request_hash, owner = excluded.owner, claimed_until = excluded.claimed_until,
                            message_id = case when k.expires_at <= @now then excluded.message_id else k.message_id end,
                            expires_at = case when k.expires_at <= @now then excluded.expires_at else k.expires_at end,
                            key_id = null, answer = null
                        where k.expires_at <= @now or (k.answer is null and k.claimed_until <= @now and k.request_hash = excluded.request_hash)
                        returning message_id
                        """,
                        ("user", attempt.UserId), ("key", attempt.Key), ("hash", attempt.RequestHash), ("message", attempt.MessageId),
                        ("owner", attempt.Owner), ("until", now + patience), ("expires", now + lifetime), ("now", now)),
                    r => taken = r.GetString(0));
                pipeline.Add(
                    new PostgresStatement(
                        "select request_hash, answer from recado.idempotency_keys where user_id = @user and key = @key",
                        ("user", attempt.UserId), ("key", attempt.Key)),
                    r => known = (r.Bytes(0), r.IsDBNull(1) ? null : r.Bytes(1)));
                await pipeline.CommitAsync(ct);
                return (taken, known);
            },
            ct);
    }
}
