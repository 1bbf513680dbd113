namespace Recado.Server.Storage.Postgres;

/// <summary>Numbers and writes events of one user.</summary>
internal static class PostgresEvents
{
    /// <param name="sessionId">The session that they go with when it is purged; null for none.</param>
    public static PostgresStatement Append(Guid userId, Guid? sessionId, IReadOnlyList<JournalEntry.Event> events, DateTimeOffset now) => new(
        """
        with n as (
            insert into recado.user_event_numbers as n (user_id, last_event_id) values (@user, @count)
            on conflict (user_id) do update set last_event_id = n.last_event_id + excluded.last_event_id returning last_event_id)
        insert into recado.user_events (user_id, event_id, session_id, type, payload, created_at)
        select @user, n.last_event_id - @count + e.place, @session::uuid, e.type, e.payload::json, @now
        from n, unnest(@types, @payloads) with ordinality as e (type, payload, place)
        """,
        ("user", userId), ("session", sessionId), ("now", now), ("count", (long)events.Count),
        ("types", events.Select(e => e.Type).ToArray()), ("payloads", events.Select(e => PostgresText.CleanJson(e.Payload)).ToArray()));
}
