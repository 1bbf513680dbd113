using System.Text;
using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

internal sealed class PostgresMessageStore(PostgresDatabase database, RecordCipher cipher) : IMessageStore
{
    public const string Columns =
        "id, user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender, "
        + "phone_number, lid, push_name, is_group, origin, about";

    public async Task<MessagePage> ListAsync(MessageQuery query, CancellationToken ct)
    {
        var rows = await database.QueryAsync(Compose(query), ReadRow, ct);
        if (rows.Count <= query.Limit)
            return new MessagePage(rows, Next: null);

        rows.RemoveAt(query.Limit);
        return new MessagePage(rows, new RowCursor(rows[^1].Timestamp, rows[^1].Id));
    }

    public Task<MessageRow?> FindAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var isRow = Guid.TryParse(messageId, out var row);
        return database.FirstAsync(
            new PostgresStatement(
                $"""
                select {Columns} from public.messages
                where whatsapp_session_id = @session and user_id = @user and (whatsapp_id = @message {(isRow ? "or id = @row" : "")}) and about is null
                order by timestamp desc limit 1
                """,
                ("session", sessionId), ("user", userId), ("message", messageId), ("row", row)),
            ReadRow, ct);
    }

    public Task<MessageRow?> FindSentAsync(Guid userId, Guid sessionId, string whatsAppId, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            $"""
            select {Columns} from public.messages
            where whatsapp_session_id = @session and whatsapp_id = @message and direction = 'sent' and user_id = @user limit 1
            """,
            ("session", sessionId), ("message", whatsAppId), ("user", userId)),
        ReadRow, ct);

    public Task<MessageRow?> FindOldestAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement(
            $"""
            select {Columns} from public.messages
            where whatsapp_session_id = @session and user_id = @user and chat = {PostgresChatStore.Resolved} and about is null
            order by timestamp, id limit 1
            """,
            ("session", sessionId), ("user", userId), ("chat", chat), ("number", PostgresChatStore.NumberOf(chat))),
        ReadRow, ct);

    public async Task<IReadOnlyList<MessageReceipt>> ListReceiptsAsync(Guid sessionId, string whatsAppId, CancellationToken ct) => await database.QueryAsync(
        new PostgresStatement(
            "select participant, status, at from recado.message_receipts where session_id = @session and whatsapp_id = @message order by at, participant",
            ("session", sessionId), ("message", whatsAppId)),
        r => new MessageReceipt(r.GetString(0), r.GetString(1), r.Time(2)), ct);

    private static PostgresStatement Compose(MessageQuery query)
    {
        var sql = new StringBuilder($"select {Columns} from public.messages where whatsapp_session_id = @session and user_id = @user");
        var values = new List<(string, object?)> { ("session", query.SessionId), ("user", query.UserId), ("limit", query.Limit + 1) };
        sql.Append(query.About is null ? " and about is null" : " and about = @about");
        if (query.About is { } about)
            values.Add(("about", about));

        if (query.Before is { } before)
        {
            sql.Append(" and (timestamp, id) < (@time, @id)");
            values.AddRange([("time", before.Timestamp), ("id", before.Id)]);
        }

        if (query.Chat is { } chat)
        {
            sql.Append($" and chat = {PostgresChatStore.Resolved}");
            values.AddRange([("chat", chat), ("number", PostgresChatStore.NumberOf(chat))]);
        }

        if (query.Direction is { } direction)
        {
            sql.Append(" and direction = @direction");
            values.Add(("direction", direction));
        }

        if (query.Text is { } text)
        {
            sql.Append(@" and content ->> 'text' ilike @text escape '\'");
            values.Add(("text", $"%{text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%"));
        }

        sql.Append(" order by timestamp desc, id desc limit @limit");
        return new PostgresStatement(sql.ToString(), values);
    }

    private MessageRow ReadRow(NpgsqlDataReader r) => ReadRow(r, cipher);

    public static MessageRow ReadRow(NpgsqlDataReader r, RecordCipher cipher) => new()
    {
        Id = r.GetGuid(0),
        UserId = r.GetGuid(1),
        LeadId = r.GuidOrNull(2),
        SessionId = r.GetGuid(3),
        Direction = r.GetString(4),
        Content = cipher.OpenMessage(r.GetGuid(3), r.GetString(4), r.GetString(8), r.GetString(5)),
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
