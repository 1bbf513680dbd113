namespace Recado.Server.Storage.Sqlite;

/// <summary>Keeps the rows of chats in step with their messages, inside a commit's transaction.</summary>
internal sealed class SqliteChats(SqliteStatements db, SessionLease lease)
{
    /// <summary>A message has been stored.</summary>
    public void Apply(MessageRow row)
    {
        if (row.Named is { } author)
            Keep(author, row.PushName!);
        if (row.About is not null)
            return;

        db.Execute(
            """
            insert into chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
            values ($session, $chat, $user, $group, coalesce($contact, $name, (select name from push_names where session_id = $session and jid = $chat)), $phone, $lid, $time)
            on conflict (session_id, chat) do update set
                name = case
                    when $contact is not null then $contact
                    when excluded.last_at >= chats.last_at then coalesce($name, chats.name)
                    else coalesce(chats.name, $name) end,
                phone_number = coalesce(excluded.phone_number, chats.phone_number),
                lid = coalesce(excluded.lid, chats.lid),
                last_at = max(excluded.last_at, chats.last_at)
            """,
            ("$session", lease.SessionId), ("$chat", row.Chat), ("$user", lease.UserId), ("$group", row.IsGroup),
            ("$contact", row.ContactName), ("$name", row is { IsShared: false, Direction: MessageDirections.Received } ? row.PushName : null),
            ("$phone", row.IsShared ? null : row.PhoneNumber), ("$lid", row.IsShared ? null : row.Lid), ("$time", row.Timestamp));

        if (ChatTimer.Of(row) is not { } timer)
            return;

        // A message that only follows the timer tells it to those who do not know it yet.
        var condition = timer.SetAt is null ? "disappearing_seconds is null" : "coalesce(disappearing_set_at, 0) <= $set";
        db.Execute(
            $"update chats set disappearing_seconds = $seconds, disappearing_set_at = $set where session_id = $session and chat = $chat and {condition}",
            ("$seconds", timer.Seconds), ("$set", timer.SetAt), ("$session", lease.SessionId), ("$chat", row.Chat));
    }

    public void Name(string chat, string? name) => db.Execute(
        """
        update chats set name = coalesce($name, (
            select push_names.name from push_names where session_id = $session and jid = $chat))
        where session_id = $session and chat = $chat
        """,
        ("$name", name), ("$session", lease.SessionId), ("$chat", chat));

    public void Name(JournalEntry.PushName named)
    {
        Keep(named.Jid, named.Name);
        if (named.NamesChat)
            Name(named.Jid, named.Name);
    }

    private void Keep(string jid, string name) => db.Execute(
        """
        insert into push_names (session_id, jid, name) values ($session, $jid, $name)
        on conflict do update set name = excluded.name where name <> excluded.name
        """,
        ("$session", lease.SessionId), ("$jid", jid), ("$name", name));

    /// <summary>The account has this chat.</summary>
    public void Find(JournalEntry.ChatFound chat)
    {
        if (chat.LastAt is not null)
        {
            db.Execute(
                """
                insert into chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
                values ($session, $chat, $user, $group, (select name from push_names where session_id = $session and jid = $chat), $phone, $lid, $time)
                on conflict do nothing
                """,
                ("$session", lease.SessionId), ("$chat", chat.Jid), ("$user", lease.UserId), ("$group", chat.IsGroup), ("$phone", chat.PhoneNumber),
                ("$lid", chat.Lid), ("$time", chat.LastAt));
        }

        db.Execute(
            """
            update chats set
                name = case when is_group then coalesce($name, name) else coalesce(name, $name) end,
                disappearing_seconds = coalesce(disappearing_seconds, $seconds)
            where session_id = $session and chat = $chat
            """,
            ("$name", chat.Name), ("$seconds", chat.DisappearingSeconds), ("$session", lease.SessionId), ("$chat", chat.Jid));
        if (chat.View is { } view)
        {
            db.Execute(
                "update chats set is_archived = $archived, pinned_at = $pinned, muted_until = $muted where session_id = $session and chat = $chat",
                ("$archived", view.IsArchived), ("$pinned", view.PinnedAt), ("$muted", view.MutedUntil), ("$session", lease.SessionId), ("$chat", chat.Jid));
        }
    }

    /// <summary>The chat kept under the phone number goes on under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        db.Execute(
            """
            insert into chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at, disappearing_seconds, disappearing_set_at, is_archived,
                pinned_at, muted_until)
            select session_id, $lid, user_id, is_group, name, $number, $lid, last_at, disappearing_seconds, disappearing_set_at, is_archived, pinned_at, muted_until
            from chats where session_id = $session and chat = $phone
            on conflict (session_id, chat) do update set
                name = coalesce(chats.name, excluded.name),
                last_at = max(excluded.last_at, chats.last_at),
                disappearing_seconds = coalesce(chats.disappearing_seconds, excluded.disappearing_seconds),
                disappearing_set_at = coalesce(chats.disappearing_set_at, excluded.disappearing_set_at),
                is_archived = chats.is_archived or excluded.is_archived,
                pinned_at = coalesce(chats.pinned_at, excluded.pinned_at),
                muted_until = coalesce(chats.muted_until, excluded.muted_until)
            """,
            ("$lid", lidJid), ("$number", phoneNumberJid.Split('@')[0]), ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute("delete from chats where session_id = $session and chat = $phone", ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute(
            "update chats set phone_number = $number where session_id = $session and chat = $lid and phone_number is null",
            ("$number", phoneNumberJid.Split('@')[0]), ("$session", lease.SessionId), ("$lid", lidJid));
        db.Execute(
            "update or ignore push_names set jid = $lid where session_id = $session and jid = $phone",
            ("$lid", lidJid), ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute("delete from push_names where session_id = $session and jid = $phone", ("$session", lease.SessionId), ("$phone", phoneNumberJid));
    }
}
