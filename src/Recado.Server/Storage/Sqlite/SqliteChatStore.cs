using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteChatStore(SqliteDatabase database, RecordCipher cipher) : IChatStore
{
    private const string Columns = "chat, name, is_group, phone_number, lid, last_at, disappearing_seconds, disappearing_set_at, is_archived, pinned_at, muted_until";
    private const string Unread = "status = 'received' and direction = 'received' and about is null"; // of the index messages_unread

    public Task<ChatPage> ListAsync(Guid userId, Guid sessionId, int limit, ChatCursor? before, bool withStatus, CancellationToken ct) => database.ReadAsync(
        db =>
        {
            var hidden = withStatus ? "" : MessageRow.StatusFeed;
            var rows = before is null
                ? db.Query(
                    $"""
                    select {Columns} from chats where session_id = $session and user_id = $user and chat <> $hidden
                    order by last_at desc, chat desc limit $limit
                    """,
                    ReadRow, ("$session", sessionId), ("$user", userId), ("$hidden", hidden), ("$limit", limit + 1))
                : db.Query(
                    $"""
                    select {Columns} from chats where session_id = $session and user_id = $user and chat <> $hidden and (last_at, chat) < ($time, $chat)
                    order by last_at desc, chat desc limit $limit
                    """,
                    ReadRow, ("$session", sessionId), ("$user", userId), ("$hidden", hidden), ("$limit", limit + 1), ("$time", before.LastAt),
                    ("$chat", before.Chat));
            var page = rows.Take(limit).Select(row => Complete(db, sessionId, row)).ToList();
            return new ChatPage(page, rows.Count > limit ? new ChatCursor(page[^1].LastAt, page[^1].Chat) : null);
        },
        ct);

    public Task<ChatRow?> FindAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct) => database.ReadAsync(
        db => db.First(
            $"select {Columns} from chats where session_id = $session and user_id = $user and chat = $chat",
            ReadRow, ("$session", sessionId), ("$user", userId), ("$chat", Resolve(db, sessionId, chat))) is { } row
            ? Complete(db, sessionId, row)
            : null,
        ct);

    public Task<string?> FindPushNameAsync(Guid userId, Guid sessionId, IReadOnlyList<string> jids, CancellationToken ct) => database.ReadAsync(
        db => jids.Select(jid => db.First(
            """
            select name from push_names
            where session_id = $session and jid = $jid and exists (select 1 from whatsapp_sessions where id = $session and user_id = $user)
            """,
            r => r.GetString(0), ("$session", sessionId), ("$jid", jid), ("$user", userId))).FirstOrDefault(name => name is not null),
        ct);

    public Task<IReadOnlyList<UnreadMessage>> ListUnreadAsync(Guid userId, Guid sessionId, string chat, int limit, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<UnreadMessage>>(
            db => db.Query(
                $"""
                select whatsapp_id, case when is_group or chat = 'status@broadcast' then coalesce(lid, sender) else chat end from messages
                where whatsapp_session_id = $session and user_id = $user and chat = $chat and {Unread} order by timestamp limit $limit
                """,
                r => new UnreadMessage(r.GetString(0), r.GetString(1)),
                ("$session", sessionId), ("$user", userId), ("$chat", Resolve(db, sessionId, chat)), ("$limit", limit)),
            ct);

    /// <summary>Under which JID a chat is kept that may be named by its phone number.</summary>
    public static string Resolve(SqliteStatements db, Guid sessionId, string chat) => chat.EndsWith("@s.whatsapp.net", StringComparison.Ordinal)
        ? db.First(
            "select chat from chats where session_id = $session and phone_number = $number and is_group = 0 order by last_at desc limit 1",
            r => r.GetString(0), ("$session", sessionId), ("$number", chat.Split('@')[0])) ?? chat
        : chat;

    private ChatRow Complete(SqliteStatements db, Guid sessionId, ChatRow row) => row with
    {
        UnreadCount = db.First(
            $"select count(*) from messages where whatsapp_session_id = $session and chat = $chat and {Unread}",
            r => r.GetInt32(0), ("$session", sessionId), ("$chat", row.Chat)),
        LastMessage = db.First(
            $"""
            select {SqliteMessageStore.Columns} from messages where whatsapp_session_id = $session and chat = $chat and about is null
            order by timestamp desc, id desc limit 1
            """,
            r => SqliteMessageStore.ReadRow(r, cipher), ("$session", sessionId), ("$chat", row.Chat)),
    };

    private static ChatRow ReadRow(SqliteDataReader r) => new()
    {
        Chat = r.GetString(0),
        Name = r.Text(1),
        IsGroup = r.GetBoolean(2),
        PhoneNumber = r.Text(3),
        Lid = r.Text(4),
        LastAt = r.Time(5),
        DisappearingSeconds = r.IsDBNull(6) ? null : r.GetInt32(6),
        DisappearingSetAt = r.TimeOrNull(7),
        IsArchived = r.GetBoolean(8),
        PinnedAt = r.TimeOrNull(9),
        MutedUntil = r.TimeOrNull(10),
    };
}
