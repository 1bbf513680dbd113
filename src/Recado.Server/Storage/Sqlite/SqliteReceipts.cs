using System.Text.Json;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Keeps how far messages to groups have come with each member, and with all of them, inside a commit's transaction.</summary>
internal sealed class SqliteReceipts(SqliteStatements db, SessionLease lease)
{
    private const string Open = "status in ('sent', 'delivered')"; // of the index message_receipts_open

    private static readonly string Follow =
        $"""
        update messages set status = {MemberStatus.NameOf("$rank")}
        where whatsapp_session_id = $session and whatsapp_id = $message and direction = 'sent' and {MemberStatus.RankOf("status")} < $rank
        returning status
        """;

    /// <summary>A message has been stored: with none of its members has it come any way yet.</summary>
    public void Begin(JournalEntry.Message message)
    {
        if (message.Members.Count == 0)
            return;

        db.Execute(
            """
            insert into message_receipts (session_id, whatsapp_id, participant, status, at)
            select $session, $message, value, 'sent', $at from json_each($members) where true on conflict do nothing
            """,
            ("$session", lease.SessionId), ("$message", message.Row.WhatsAppId), ("$at", message.Row.Timestamp),
            ("$members", JsonSerializer.Serialize(message.Members)));
    }

    /// <returns>Whether the member's receipt moves forward.</returns>
    public bool Move(JournalEntry.Progress progress, MemberReceipt member) => db.Execute(
        $"""
        insert into message_receipts (session_id, whatsapp_id, participant, status, at)
        select $session, $message, $participant, $status, $at
        where exists (select 1 from messages where whatsapp_session_id = $session and whatsapp_id = $message and direction = 'sent')
        on conflict (session_id, whatsapp_id, participant) do update set status = excluded.status, at = excluded.at
        where {MemberStatus.RankOf("message_receipts.status")} < {MemberStatus.RankOf("excluded.status")}
        """,
        ("$session", lease.SessionId), ("$message", progress.WhatsAppId), ("$participant", member.Participant), ("$status", progress.Status),
        ("$at", member.At)) > 0;

    /// <returns>The status of the message, if it moves forward.</returns>
    public string? MoveWhole(string messageId)
    {
        var rank = db.First(
            $"select min({MemberStatus.RankOf("status")}) from message_receipts where session_id = $session and whatsapp_id = $message and has_left = 0",
            r => r.IsDBNull(0) ? 0 : r.GetInt64(0), ("$session", lease.SessionId), ("$message", messageId));
        return db.First(Follow, r => r.GetString(0), ("$rank", rank), ("$session", lease.SessionId), ("$message", messageId));
    }

    /// <returns>The messages that move forward, now that these members hold them back no longer.</returns>
    public IReadOnlyList<(string MessageId, string Status)> Leave(JournalEntry.MembersLeft left)
    {
        var held = left.Participants.SelectMany(participant => db.Query(
            $"""
            update message_receipts set has_left = 1 where session_id = $session and participant = $participant and {Open} and has_left = 0 and exists (
                select 1 from messages m
                where m.whatsapp_session_id = $session and m.whatsapp_id = message_receipts.whatsapp_id and m.direction = 'sent' and m.chat = $chat)
            returning whatsapp_id
            """,
            r => r.GetString(0), ("$session", lease.SessionId), ("$participant", participant), ("$chat", left.Chat))).ToHashSet();
        return [.. held.Select(id => (id, Status: MoveWhole(id))).Where(moved => moved.Status is not null).Select(moved => (moved.id, moved.Status!))];
    }

    /// <summary>Who was to get messages under the phone number will report under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        db.Execute(
            $"update or ignore message_receipts set participant = $lid where session_id = $session and participant = $phone and {Open}",
            ("$lid", lidJid), ("$session", lease.SessionId), ("$phone", phoneNumberJid));
        db.Execute(
            $"delete from message_receipts where session_id = $session and participant = $phone and {Open}",
            ("$session", lease.SessionId), ("$phone", phoneNumberJid));
    }
}
