namespace Recado.Server.Storage.Postgres;

/// <summary>Keeps the rows of chats in step with their messages, inside a commit's transaction.</summary>
internal sealed class PostgresChats(PostgresPipeline pipeline, SessionLease lease)
{
    /// <summary>Messages have been stored.</summary>
    public void Apply(IReadOnlyList<MessageRow> rows)
    {
        var chats = rows.Where(row => row.About is null).GroupBy(row => row.Chat).Select(group => group.OrderBy(row => row.Timestamp).ToList()).ToList();
        if (chats.Count == 0)
            return;

        pipeline.Add(Upsert(chats));
        foreach (var row in rows.Where(row => row.About is null))
        {
            if (ChatTimer.Of(row) is { } timer)
                Set(row.Chat, timer);
        }
    }

    public void Name(string chat, string name) => pipeline.Add(new PostgresStatement(
        "update recado.chats set name = @name where session_id = @session and chat = @chat",
        ("name", name), ("session", lease.SessionId), ("chat", chat)));

    /// <summary>The chat kept under the phone number goes on under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        var number = phoneNumberJid.Split('@')[0];
        pipeline.Add(new PostgresStatement(
            """
            insert into recado.chats as c (session_id, chat, user_id, is_group, name, phone_number, lid, last_at, disappearing_seconds, disappearing_set_at)
            select session_id, @lid, user_id, is_group, name, @number, @lid, last_at, disappearing_seconds, disappearing_set_at
            from recado.chats where session_id = @session and chat = @phone
            on conflict (session_id, chat) do update set
                name = coalesce(c.name, excluded.name),
                last_at = greatest(excluded.last_at, c.last_at),
                disappearing_seconds = coalesce(c.disappearing_seconds, excluded.disappearing_seconds),
                disappearing_set_at = coalesce(c.disappearing_set_at, excluded.disappearing_set_at)
            """,
            ("lid", lidJid), ("number", number), ("session", lease.SessionId), ("phone", phoneNumberJid)));
        pipeline.Add(new PostgresStatement(
            "delete from recado.chats where session_id = @session and chat = @phone", ("session", lease.SessionId), ("phone", phoneNumberJid)));
        pipeline.Add(new PostgresStatement(
            "update recado.chats set phone_number = @number where session_id = @session and chat = @lid and phone_number is null",
            ("number", number), ("session", lease.SessionId), ("lid", lidJid)));
    }

    /// <param name="chats">The messages of each chat, the oldest first.</param>
    private PostgresStatement Upsert(IReadOnlyList<List<MessageRow>> chats)
    {
        return new PostgresStatement(
            """
            insert into recado.chats as c (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
            select @session, r.chat, @user, r.is_group, r.name, r.phone, r.lid, r.last_at
            from unnest(@chats, @groups, @names, @phones, @lids, @times) as r (chat, is_group, name, phone, lid, last_at)
            on conflict (session_id, chat) do update set
                name = case when excluded.last_at >= c.last_at then coalesce(excluded.name, c.name) else coalesce(c.name, excluded.name) end,
                phone_number = coalesce(excluded.phone_number, c.phone_number),
                lid = coalesce(excluded.lid, c.lid),
                last_at = greatest(excluded.last_at, c.last_at)
            """,
            ("session", lease.SessionId), ("user", lease.UserId), ("chats", Column(rows => rows[0].Chat)), ("groups", Column(rows => rows[0].IsGroup)),
            ("names", Column(rows => Last(rows.Where(row => row.Direction == MessageDirections.Received), row => row.PushName))),
            ("phones", Column(rows => Last(rows, row => row.PhoneNumber))), ("lids", Column(rows => Last(rows, row => row.Lid))),
            ("times", Column(rows => rows[^1].Timestamp.ToUniversalTime())));

        T[] Column<T>(Func<List<MessageRow>, T> read) => [.. chats.Select(read)];

        // In a group these are of the author, not of the chat.
        static string? Last(IEnumerable<MessageRow> rows, Func<MessageRow, string?> read) =>
            rows.Where(row => !row.IsGroup).Select(read).LastOrDefault(value => value is not null);
    }

    private void Set(string chat, ChatTimer timer)
    {
        // A message that only follows the timer tells it to those who do not know it yet.
        var statement = timer.SetAt is { } setAt
            ? new PostgresStatement(
                """
                update recado.chats set disappearing_seconds = @seconds, disappearing_set_at = @set
                where session_id = @session and chat = @chat and (disappearing_set_at is null or disappearing_set_at <= @set)
                """,
                ("seconds", timer.Seconds), ("set", setAt), ("session", lease.SessionId), ("chat", chat))
            : new PostgresStatement(
                "update recado.chats set disappearing_seconds = @seconds where session_id = @session and chat = @chat and disappearing_seconds is null",
                ("seconds", timer.Seconds), ("session", lease.SessionId), ("chat", chat));
        pipeline.Add(statement);
    }
}
