using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Numbers and writes events of one user. Last of a commit, so that the user's number is locked for one round trip only; for two when payloads
/// are encrypted, which takes their numbers.
/// </summary>
internal static class PostgresEvents
{
    private const string TakeNumbers =
        """
        insert into recado.user_event_numbers as n (user_id, last_event_id) values (@user, @count)
        on conflict (user_id) do update set last_event_id = n.last_event_id + excluded.last_event_id returning last_event_id
        """;

    /// <param name="sessionId">The session that they go with when it is purged; null for none.</param>
    public static async Task AppendAsync(
        PostgresPipeline pipeline, RecordCipher cipher, Guid userId, Guid? sessionId, IReadOnlyList<JournalEntry.Event> events, DateTimeOffset now,
        CancellationToken ct)
    {
        if (events.Count == 0)
            return;

        var (types, payloads) = (events.Select(e => e.Type).ToArray(), events.Select(e => PostgresText.CleanJson(e.Payload)).ToArray());
        if (!cipher.SealsContents)
        {
            pipeline.Add(new PostgresStatement(
                $"""
                with n as ({TakeNumbers})
                insert into recado.user_events (user_id, event_id, session_id, type, payload, created_at)
                select @user, n.last_event_id - @count + e.place, @session::uuid, e.type, e.payload::json, @now
                from n, unnest(@types, @payloads) with ordinality as e (type, payload, place)
                """,
                ("user", userId), ("session", sessionId), ("now", now), ("count", (long)events.Count), ("types", types), ("payloads", payloads)));
            return;
        }

        var first = 0L;
        pipeline.Add(new PostgresStatement(TakeNumbers, ("user", userId), ("count", (long)events.Count)), r => first = r.GetInt64(0) - events.Count + 1);
        await pipeline.FlushAsync(ct);
        var sealed_ = payloads.Select((payload, i) => cipher.SealContent(RecordPlace.Event(sessionId, userId, first + i), payload)).ToArray();
        pipeline.Add(new PostgresStatement(
            """
            insert into recado.user_events (user_id, event_id, session_id, type, payload, created_at)
            select @user, @first + e.place - 1, @session::uuid, e.type, e.payload::json, @now
            from unnest(@types, @payloads) with ordinality as e (type, payload, place)
            """,
            ("user", userId), ("session", sessionId), ("now", now), ("first", first), ("types", types), ("payloads", sealed_)));
    }
}
