namespace Recado.Server.Storage.Sqlite;

/// <summary>Keeps the rows of chats in step with their messages, inside a commit's transaction.</summary>
internal sealed class SqliteChats(SqliteStatements db, SessionLease lease)
{
    /// <summary>A message has been stored.</summary>
    public void Apply(MessageRow row)
    {
        if (row.About is not null)
            return;

        db.Execute(
            """
            insert into chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at)
            values ($session, $chat, $user, $group, $name, $phone, $lid, $time)
            on conflict (session_id, chat) do update set
                name = case when excluded.last_at >= chats.last_at then coalesce(excluded.name, chats.name) else coalesce(chats.name, excluded.name) end,
                phone_number = coalesce(excluded.phone_number, chats.phone_number),
                lid = coalesce(excluded.lid, chats.lid),
                last_at = max(excluded.last_at, chats.last_at)
            """,
            ("$session", lease.SessionId), ("$chat", row.Chat), ("$user", lease.UserId), ("$group", row.IsGroup),
            ("$name", row is { IsGroup: false, Direction: MessageDirections.Received } ? row.PushName : null),
            ("$phone", row.IsGroup ? null : row.PhoneNumber), ("$lid", row.IsGroup ? null : row.Lid), ("$time", row.Timestamp));

        if (ChatTimer.Of(row) is not { } timer)
            return;

        // A message that only follows the timer tells it to those who do not know it yet.
        var condition = timer.SetAt is null ? "disappearing_seconds is null" : "coalesce(disappearing_set_at, 0) <= $set";
        db.Execute(
            $"update chats set disappearing_seconds = $seconds, disappearing_set_at = $set where session_id = $session and chat = $chat and {condition}",
            ("$seconds", timer.Seconds), ("$set", timer.SetAt), ("$session", lease.SessionId), ("$chat", row.Chat));
    }

    public void Name(string chat, string name) => db.Execute(
        "update chats set name = $name where session_id = $session and chat = $chat",
        ("$name", name), ("$session", lease.SessionId), ("$chat", chat));

    /// <summary>The chat kept under the phone number goes on under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        db.Execute(
            """
            insert into chats (session_id, chat, user_id, is_group, name, phone_number, lid, last_at, disappearing_seconds, disappearing_set_at)
            select session_id, $lid, user_id, is_group, name, $number, $lid, last_at, disappearing_seconds, disappearing_set_at
            from chats where session_id = $session and chat = $phone
            on conflict (session_id, chat) do update set
                name = coalesce(chats.name, excluded.name),
                last_at = max(excluded.last_at, chats.last_at),
                disappearing_seconds = coalesce(chats.disappearing_seconds, excluded.disappearing_seconds),
                disappearing_set_at = coalesce(chats.disappearing_set_at, excluded.disappearing_set_at)
            """,
            ("$lid", lidJid), ("$number", phoneNumberJid.Split('@')[0]), ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute("delete from chats where session_id = $session and chat = $phone", ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute(
            "update chats set phone_number = $number where session_id = $session and chat = $lid and phone_number is null",
            ("$number", phoneNumberJid.Split('@')[0]), ("$session", lease.SessionId), ("$lid", lidJid));
    }
}
