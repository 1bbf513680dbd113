namespace Recado.Server.Storage.Postgres;

/// <summary>Keeps how far messages to groups have come with each member, and with all of them, inside a commit's transaction.</summary>
internal sealed class PostgresReceipts(PostgresPipeline pipeline, SessionLease lease)
{
    private const string Open = "status in ('sent', 'delivered')"; // of the index message_receipts_open

    private static readonly string Follow =
        $"""
        update public.messages m set status = {MemberStatus.NameOf("w.rank")}
        from (
            select x.whatsapp_id, min({MemberStatus.RankOf("x.status")}) as rank from recado.message_receipts x
            where x.session_id = @session and x.whatsapp_id = any(@ids) and not x.has_left group by x.whatsapp_id) w
        where m.whatsapp_session_id = @session and m.whatsapp_id = w.whatsapp_id and m.direction = 'sent' and {MemberStatus.RankOf("m.status")} < w.rank
        returning m.whatsapp_id, m.status
        """;

    /// <summary>Messages have been stored: with none of their members have they come any way yet.</summary>
    public void Begin(IReadOnlyList<JournalEntry.Message> messages)
    {
        var all = messages.SelectMany(message => message.Members.Select(member => (message.Row, Member: member))).ToList();
        if (all.Count == 0)
            return;

        pipeline.Add(new PostgresStatement(
            """
            insert into recado.message_receipts (session_id, whatsapp_id, participant, status, at)
            select @session, r.id, r.member, 'sent', r.at from unnest(@ids, @members, @times) as r (id, member, at) on conflict do nothing
            """,
            ("session", lease.SessionId), ("ids", all.Select(r => r.Row.WhatsAppId).ToArray()), ("members", all.Select(r => r.Member).ToArray()),
            ("times", all.Select(r => r.Row.Timestamp.ToUniversalTime()).ToArray())));
    }

    /// <summary>The pipeline's next flush says what has moved.</summary>
    /// <param name="steps">Steps of members, each of another message.</param>
    public void Move(IReadOnlyList<JournalEntry.Progress> steps, ProgressResult result)
    {
        if (steps.Count == 0)
            return;

        foreach (var step in steps)
            pipeline.Add(Receipt(step, step.Member!), r => result.Moved.Add((r.GetString(0), MessageDirections.Sent)));
        FollowSlowest([.. steps.Select(step => step.WhatsAppId)], result);
    }

    /// <summary>The pipeline's next flush says what moves, now that these members hold it back no longer.</summary>
    public void Leave(JournalEntry.MembersLeft left, ProgressResult result)
    {
        pipeline.Add(new PostgresStatement(
            $"""
            with gone as (
                update recado.message_receipts x set has_left = true
                where x.session_id = @session and x.participant = any(@participants) and x.{Open} and not x.has_left and exists (
                    select from public.messages m
                    where m.whatsapp_session_id = @session and m.whatsapp_id = x.whatsapp_id and m.direction = 'sent' and m.chat = @chat)
                returning x.whatsapp_id, x.participant)
            update public.messages m set status = {MemberStatus.NameOf("w.rank")}
            from (
                select x.whatsapp_id, min({MemberStatus.RankOf("x.status")}) as rank from recado.message_receipts x
                where x.session_id = @session and x.whatsapp_id in (select whatsapp_id from gone) and not x.has_left
                  and not exists (select from gone g where g.whatsapp_id = x.whatsapp_id and g.participant = x.participant)
                group by x.whatsapp_id) w
            where m.whatsapp_session_id = @session and m.whatsapp_id = w.whatsapp_id and m.direction = 'sent' and {MemberStatus.RankOf("m.status")} < w.rank
            returning m.whatsapp_id, m.status
            """,
            ("session", lease.SessionId), ("participants", left.Participants.ToArray()), ("chat", left.Chat)),
            r => result.Wholes[r.GetString(0)] = r.GetString(1));
    }

    /// <summary>Who was to get messages under the phone number will report under the LID.</summary>
    public void Merge(string phoneNumberJid, string lidJid)
    {
        pipeline.Add(new PostgresStatement(
            $"""
            update recado.message_receipts x set participant = @lid
            where x.session_id = @session and x.participant = @phone and x.{Open} and not exists (
                select from recado.message_receipts o where o.session_id = @session and o.whatsapp_id = x.whatsapp_id and o.participant = @lid)
            """,
            ("session", lease.SessionId), ("phone", phoneNumberJid), ("lid", lidJid)));
        pipeline.Add(new PostgresStatement(
            $"delete from recado.message_receipts where session_id = @session and participant = @phone and {Open}",
            ("session", lease.SessionId), ("phone", phoneNumberJid)));
    }

    private void FollowSlowest(string[] ids, ProgressResult result) => pipeline.Add(
        new PostgresStatement(Follow, ("session", lease.SessionId), ("ids", ids)), r => result.Wholes[r.GetString(0)] = r.GetString(1));

    private PostgresStatement Receipt(JournalEntry.Progress step, MemberReceipt member) => new(
        $"""
        insert into recado.message_receipts as x (session_id, whatsapp_id, participant, status, at)
        select @session, @id, @participant, @status, @at
        where exists (select from public.messages where whatsapp_session_id = @session and whatsapp_id = @id and direction = 'sent')
        on conflict (session_id, whatsapp_id, participant) do update set status = excluded.status, at = excluded.at
        where {MemberStatus.RankOf("x.status")} < {MemberStatus.RankOf("excluded.status")} returning whatsapp_id
        """,
        ("session", lease.SessionId), ("id", step.WhatsAppId), ("participant", member.Participant), ("status", step.Status), ("at", member.At));
}

/// <summary>What steps of messages have moved.</summary>
internal sealed class ProgressResult
{
    /// <summary>The messages that have moved, or whose member's receipt has.</summary>
    public HashSet<(string WhatsAppId, string Direction)> Moved { get; } = [];

    /// <summary>The status of those messages that have moved with the slowest of their members.</summary>
    public Dictionary<string, string> Wholes { get; } = new(StringComparer.Ordinal);
}
