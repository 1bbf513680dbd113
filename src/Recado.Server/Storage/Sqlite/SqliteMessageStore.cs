using System.Text;
using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteMessageStore(SqliteDatabase database, RecordCipher cipher) : IMessageStore
{
    public const string Columns =
        "id, user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender, "
        + "phone_number, lid, push_name, is_group, origin, about";

    public async Task<MessagePage> ListAsync(MessageQuery query, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            db =>
            {
                var (sql, parameters) = Compose(query with { Chat = query.Chat is { } chat ? SqliteChatStore.Resolve(db, query.SessionId, chat) : null });
                return db.Query(sql, ReadRow, parameters);
            },
            ct);
        if (rows.Count <= query.Limit)
            return new MessagePage(rows, Next: null);

        rows.RemoveAt(query.Limit);
        return new MessagePage(rows, new RowCursor(rows[^1].Timestamp, rows[^1].Id));
    }

    public Task<MessageRow?> FindAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct) => database.ReadAsync(
        db => db.First(
            $"""
            select {Columns} from messages
            where whatsapp_session_id = $session and user_id = $user and whatsapp_id = $message and about is null
            order by +timestamp desc limit 1
            """,
            ReadRow, ("$session", sessionId), ("$user", userId), ("$message", messageId))
            ?? (Guid.TryParse(messageId, out var id)
                ? db.First(
                    $"select {Columns} from messages where id = $id and whatsapp_session_id = $session and user_id = $user and about is null",
                    ReadRow, ("$id", id), ("$session", sessionId), ("$user", userId))
                : null),
        ct);

    public Task<MessageRow?> FindSentAsync(Guid userId, Guid sessionId, string whatsAppId, CancellationToken ct) => database.ReadAsync(
        db => db.First(
            $"select {Columns} from messages where whatsapp_session_id = $session and whatsapp_id = $message and direction = 'sent' and user_id = $user limit 1",
            ReadRow, ("$session", sessionId), ("$message", whatsAppId), ("$user", userId)),
        ct);

    public Task<MessageRow?> FindOldestAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct) => database.ReadAsync(
        db => db.First(
            $"""
            select {Columns} from messages
            where whatsapp_session_id = $session and user_id = $user and chat = $chat and about is null
            order by timestamp, id limit 1
            """,
            ReadRow, ("$session", sessionId), ("$user", userId), ("$chat", SqliteChatStore.Resolve(db, sessionId, chat))),
        ct);

    public Task<IReadOnlyList<MessageReceipt>> ListReceiptsAsync(Guid sessionId, string whatsAppId, CancellationToken ct) =>
        database.ReadAsync<IReadOnlyList<MessageReceipt>>(
            db => db.Query(
                "select participant, status, at from message_receipts where session_id = $session and whatsapp_id = $message order by at, participant",
                r => new MessageReceipt(r.GetString(0), r.GetString(1), r.Time(2)), ("$session", sessionId), ("$message", whatsAppId)),
            ct);

    private static (string Sql, (string, object?)[] Parameters) Compose(MessageQuery query)
    {
        var sql = new StringBuilder($"select {Columns} from messages where whatsapp_session_id = $session and user_id = $user");
        var parameters = new List<(string, object?)> { ("$session", query.SessionId), ("$user", query.UserId) };
        sql.Append(query.About is null ? " and about is null" : " and about = $about");
        if (query.About is { } about)
            parameters.Add(("$about", about));

        if (query.Before is { } before)
        {
            sql.Append(" and (timestamp, id) < ($time, $id)");
            parameters.AddRange([("$time", before.Timestamp), ("$id", before.Id)]);
        }

        if (query.Chat is { } chat)
        {
            sql.Append(" and chat = $chat");
            parameters.Add(("$chat", chat));
        }

        if (query.Direction is { } direction)
        {
            sql.Append(" and direction = $direction");
            parameters.Add(("$direction", direction));
        }

        if (query.Text is { } text)
        {
            sql.Append(@" and content ->> '$.text' like $text escape '\'");
            parameters.Add(("$text", $"%{text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%"));
        }

        sql.Append(" order by timestamp desc, id desc limit $limit");
        parameters.Add(("$limit", query.Limit + 1));
        return (sql.ToString(), [.. parameters]);
    }

    private MessageRow ReadRow(SqliteDataReader r) => ReadRow(r, cipher);

    public static MessageRow ReadRow(SqliteDataReader r, RecordCipher cipher) => new()
    {
        Id = r.Guid(0),
        UserId = r.Guid(1),
        LeadId = r.IsDBNull(2) ? null : r.Guid(2),
        SessionId = r.Guid(3),
        Direction = r.GetString(4),
        Content = cipher.OpenMessage(r.Guid(3), r.GetString(4), r.GetString(8), r.GetString(5)),
        Status = r.GetString(6),
        Timestamp = r.Time(7),
        WhatsAppId = r.GetString(8),
        Chat = r.GetString(9),
        Sender = r.GetString(10),
        PhoneNumber = r.Text(11),
        Lid = r.Text(12),
        PushName = r.Text(13),
        IsGroup = r.GetBoolean(14),
        Origin = r.GetString(15),
        About = r.Text(16),
    };
}
