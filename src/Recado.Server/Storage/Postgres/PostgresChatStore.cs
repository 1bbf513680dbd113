using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresChatStore(PostgresDatabase database, RecordCipher cipher) : IChatStore
{
    private const int MessageColumns = 17;
    private const string Unread = "m.status = 'received' and m.direction = 'received' and m.about is null"; // of the index messages_unread

    /// <summary>Under which JID a chat is kept that may be named by its phone number.</summary>
    public const string Resolved =
        """
        coalesce((
            select chat from recado.chats where session_id = @session and phone_number = @number and not is_group order by last_at desc limit 1), @chat)
        """;

    private static readonly string Chats =
        $"""
        select {string.Join(", ", PostgresMessageStore.Columns.Split(", ").Select(column => $"l.{column}"))},
            c.chat, c.name, c.is_group, c.phone_number, c.lid, c.last_at, c.disappearing_seconds, c.disappearing_set_at,
            c.is_archived, c.pinned_at, c.muted_until,
            (select count(*)::int from public.messages m where m.whatsapp_session_id = @session and m.chat = c.chat and {Unread})
        from recado.chats c left join lateral (
            select {PostgresMessageStore.Columns} from public.messages m
            where m.whatsapp_session_id = @session and m.chat = c.chat and m.about is null order by m.timestamp desc, m.id desc limit 1) l on true
        where c.session_id = @session and c.user_id = @user
        """;

    public async Task<ChatPage> ListAsync(Guid userId, Guid sessionId, int limit, ChatCursor? before, bool withStatus, CancellationToken ct)
    {
        var hidden = withStatus ? "" : MessageRow.StatusFeed;
        var rows = await database.QueryAsync(
            before is null
                ? new PostgresStatement(
                    $"{Chats} and c.chat <> @hidden order by c.last_at desc, c.chat desc limit @limit",
                    ("session", sessionId), ("user", userId), ("hidden", hidden), ("limit", limit + 1))
                : new PostgresStatement(
                    $"{Chats} and c.chat <> @hidden and (c.last_at, c.chat) < (@time, @before) order by c.last_at desc, c.chat desc limit @limit",
                    ("session", sessionId), ("user", userId), ("hidden", hidden), ("time", before.LastAt), ("before", before.Chat), ("limit", limit + 1)),
            ReadRow, ct);
        if (rows.Count <= limit)
            return new ChatPage(rows, Next: null);

        rows.RemoveAt(limit);
        return new ChatPage(rows, new ChatCursor(rows[^1].LastAt, rows[^1].Chat));
    }

    public Task<ChatRow?> FindAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            $"{Chats} and c.chat = {Resolved}", ("session", sessionId), ("user", userId), ("chat", chat), ("number", NumberOf(chat))),
        ReadRow, ct);

    public Task<string?> FindPushNameAsync(Guid userId, Guid sessionId, IReadOnlyList<string> jids, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            """
            select n.name from recado.push_names n join public.whatsapp_sessions s on s.id = n.session_id
            where n.session_id = @session and s.user_id = @user and n.jid = any(@jids) order by array_position(@jids, n.jid) limit 1
            """,
            ("session", sessionId), ("user", userId), ("jids", jids.ToArray())),
        r => (string?)r.GetString(0), ct);

    public async Task<IReadOnlyList<UnreadMessage>> ListUnreadAsync(Guid userId, Guid sessionId, string chat, int limit, CancellationToken ct) =>
        await database.QueryAsync(
            new PostgresStatement(
                $"""
                select m.whatsapp_id, case when m.is_group or m.chat = 'status@broadcast' then coalesce(m.lid, m.sender) else m.chat end from public.messages m
                where m.whatsapp_session_id = @session and m.user_id = @user and m.chat = {Resolved} and {Unread} order by m.timestamp limit @limit
                """,
                ("session", sessionId), ("user", userId), ("chat", chat), ("number", NumberOf(chat)), ("limit", limit)),
            r => new UnreadMessage(r.GetString(0), r.GetString(1)), ct);

    /// <summary>The phone number that a chat is named by; empty when it is not.</summary>
    public static string NumberOf(string chat) => chat.EndsWith("@s.whatsapp.net", StringComparison.Ordinal) ? chat.Split('@')[0] : "";

    private ChatRow ReadRow(NpgsqlDataReader r) => new()
    {
        LastMessage = r.IsDBNull(0) ? null : PostgresMessageStore.ReadRow(r, cipher),
        Chat = r.GetString(MessageColumns),
        Name = r.Text(MessageColumns + 1),
        IsGroup = r.GetBoolean(MessageColumns + 2),
        PhoneNumber = r.Text(MessageColumns + 3),
        Lid = r.Text(MessageColumns + 4),
        LastAt = r.Time(MessageColumns + 5),
        DisappearingSeconds = r.IsDBNull(MessageColumns + 6) ? null : r.GetInt32(MessageColumns + 6),
        DisappearingSetAt = r.TimeOrNull(MessageColumns + 7),
        IsArchived = r.GetBoolean(MessageColumns + 8),
        PinnedAt = r.TimeOrNull(MessageColumns + 9),
        MutedUntil = r.TimeOrNull(MessageColumns + 10),
        UnreadCount = r.GetInt32(MessageColumns + 11),
    };
}
