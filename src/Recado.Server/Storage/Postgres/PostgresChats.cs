namespace Recado.Server.Storage.Postgres;

/// <summary>Keeps the rows of chats in step with their messages, inside a commit's transaction.</summary>
internal sealed class PostgresChats(PostgresPipeline pipeline, SessionLease lease)
{
    /// <summary>Messages have been stored.</summary>
    public void Apply(IReadOnlyList<MessageRow> rows)
    {
        Keep([.. rows.Where(row => row.Named is not null).OrderBy(row => row.Timestamp).Select(row => (row.Named!, row.PushName!))]);
        var chats = rows.Where(row => row.About is null).GroupBy(row => row.Chat).Select(group => group.OrderBy(row => row.Timestamp).ToList()).ToList();
        if (chats.Count == 0)
            return;

        pipeline.Add(Upsert(chats));
        pipeline.Add(new PostgresStatement(
            """
            update recado.chats c set name = p.name from recado.push_names p
            where c.session_id = @session and c.chat = any(@chats) and c.name is null and p.session_id = c.session_id and p.jid = c.chat
            """,
            ("session", lease.SessionId), ("chats", chats.Select(rows => rows[0].Chat).ToArray())));
        if (chats.Exists(group => group.Exists(row => row.ContactName is not null)))
            pipeline.Add(NameAsContacts(chats));
        foreach (var row in rows.Where(row => row.About is null))
        {
            if (ChatTimer.Of(row) is { } timer)
                Set(row.Chat, timer);
        }
    }

    public void Name(string chat, string? name) => pipeline.Add(new PostgresStatement(
        """
        update recado.chats set name = coalesce(@name::text, (
            select p.name from recado.push_names p where p.session_id = @session and p.jid = @chat))
        where session_id = @session and chat = @chat
        """,
        ("name", name), ("session", lease.SessionId), ("chat", chat)));

    public void Name(JournalEntry.PushName named)
    {
        Keep([(named.Jid, named.Name)]);
        if (named.NamesChat)
            Name(named.Jid, named.Name);
    }

    /// <param name="names">Of two for one person the last counts.</param>
    private void Keep(IReadOnlyList<(string Jid, string Name)> names)
    {
        var last = names.GroupBy(named => named.Jid).Select(group => group.Last()).ToList();
        if (last.Count == 0)
            return;

        pipeline.Add(new PostgresStatement(
            """
            insert into recado.push_names as n (session_id, jid, name) select @session, r.jid, r.name from unnest(@jids, @names) as r (jid, name)
            on conflict (session_id, jid) do update set name = excluded.name where n.name <> excluded.name
            """,
            ("session", lease.SessionId), ("jids", last.Select(named => named.Jid).ToArray()), ("names", last.Select(named => named.Name).ToArray())));
    }

    /// <summary>The account has this chat.</summary>
    public void Find(JournalEntry.ChatFound chat)
    {
        if (chat.LastAt is { } lastAt)
        {
            pipeline.Add(new PostgresStatement(
                """
                insert into recado.chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
                values (@session, @chat, @user, @group, (select name from recado.push_names where session_id = @session and jid = @chat), @phone, @lid, @time)
                on conflict (session_id, chat) do nothing
                """,
                ("session", lease.SessionId), ("chat", chat.Jid), ("user", lease.UserId), ("group", chat.IsGroup), ("phone", chat.PhoneNumber),
                ("lid", chat.Lid), ("time", lastAt.ToUniversalTime())));
        }

        pipeline.Add(new PostgresStatement(
            """
            update recado.chats set
                name = case when is_group then coalesce(@name, name) else coalesce(name, @name) end,
                disappearing_seconds = coalesce(disappearing_seconds, @seconds)
            where session_id = @session and chat = @chat
            """,
            ("name", chat.Name), ("seconds", chat.DisappearingSeconds), ("session", lease.SessionId), ("chat", chat.Jid)));
        if (chat.View is { } view)
        {
            pipeline.Add(new PostgresStatement(
                "update recado.chats set is_archived = @archived, pinned_at = @pinned, muted_until = @muted where session_id = @session and chat = @chat",
                ("archived", view.IsArchived), ("pinned", view.PinnedAt?.ToUniversalTime()), ("muted", view.MutedUntil?.ToUniversalTime()),
                ("session", lease.SessionId), ("chat", chat.Jid)));
        }
    }

    /// <summary>The chat kept under the phone number goes on under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        var number = phoneNumberJid.Split('@')[0];
        pipeline.Add(new PostgresStatement(
            """
            insert into recado.chats as c (session_id, chat, user_id, is_group, name, phone_number, lid, last_at, disappearing_seconds, disappearing_set_at, is_archived,
                pinned_at, muted_until)
            select session_id, @lid, user_id, is_group, name, @number, @lid, last_at, disappearing_seconds, disappearing_set_at, is_archived, pinned_at, muted_until
            from recado.chats where session_id = @session and chat = @phone
            on conflict (session_id, chat) do update set
                name = coalesce(c.name, excluded.name),
                last_at = greatest(excluded.last_at, c.last_at),
                disappearing_seconds = coalesce(c.disappearing_seconds, excluded.disappearing_seconds),
                disappearing_set_at = coalesce(c.disappearing_set_at, excluded.disappearing_set_at),
                is_archived = c.is_archived or excluded.is_archived,
                pinned_at = coalesce(c.pinned_at, excluded.pinned_at),
                muted_until = coalesce(c.muted_until, excluded.muted_until)
            """,
            ("lid", lidJid), ("number", number), ("session", lease.SessionId), ("phone", phoneNumberJid)));
        pipeline.Add(new PostgresStatement(
            "delete from recado.chats where session_id = @session and chat = @phone", ("session", lease.SessionId), ("phone", phoneNumberJid)));
        pipeline.Add(new PostgresStatement(
            "update recado.chats set phone_number = @number where session_id = @session and chat = @lid and phone_number is null",
            ("number", number), ("session", lease.SessionId), ("lid", lidJid)));
        pipeline.Add(new PostgresStatement(
            """
            update recado.push_names n set jid = @lid where n.session_id = @session and n.jid = @phone
              and not exists (select from recado.push_names o where o.session_id = @session and o.jid = @lid)
            """,
            ("lid", lidJid), ("session", lease.SessionId), ("phone", phoneNumberJid)));
        pipeline.Add(new PostgresStatement(
            "delete from recado.push_names where session_id = @session and jid = @phone", ("session", lease.SessionId), ("phone", phoneNumberJid)));
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
            rows.Where(row => !row.IsShared).Select(read).LastOrDefault(value => value is not null);
    }

    /// <summary>The name in the address book counts more than any other.</summary>
    private PostgresStatement NameAsContacts(IReadOnlyList<List<MessageRow>> chats)
    {
        var named = chats.Select(rows => rows.FindLast(row => row.ContactName is not null)).OfType<MessageRow>().ToList();
        return new PostgresStatement(
            """
            update recado.chats c set name = r.name from unnest(@chats, @names) as r (chat, name)
            where c.session_id = @session and c.chat = r.chat and c.name is distinct from r.name
            """,
            ("session", lease.SessionId), ("chats", named.Select(row => row.Chat).ToArray()), ("names", named.Select(row => row.ContactName).ToArray()));
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
