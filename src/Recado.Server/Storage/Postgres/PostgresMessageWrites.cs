using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>Writes the messages of one commit, and what they do to each other.</summary>
internal sealed class PostgresMessageWrites(PostgresPipeline pipeline, RecordCipher cipher, SessionLease lease)
{
    private readonly PostgresAmendments _amendments = new(pipeline, cipher, lease);
    private readonly PostgresChats _chats = new(pipeline, lease);
    private readonly PostgresReceipts _receipts = new(pipeline, lease);

    /// <returns>The messages that are new, or can be read only now. False for one that changes what only its author may change, and is not by the author.</returns>
    public async Task<IReadOnlyDictionary<MessageKey, bool>> InsertAsync(IReadOnlyList<JournalEntry.Message> run, CancellationToken ct)
    {
        var rows = run.Select(entry => entry.Row).ToList();
        var written = new HashSet<MessageKey>();
        pipeline.Add(Insert(rows), r => written.Add(new MessageKey(r.GetString(0), r.GetString(1), r.GetString(2))));

        // Of those that are not there yet for others: until WhatsApp has taken it, or until it can be read.
        var acting = rows.Where(row => row.Status is not (MessageStatuses.Pending or MessageStatuses.Undecryptable)).ToList();
        _amendments.Find(
            actions: [.. acting.Where(row => row.About is not null).Select(row => row.WhatsAppId)],
            targets: [.. acting.Where(row => row.About is null).Select(row => row.WhatsAppId)]);
        await pipeline.FlushAsync(ct);

        _chats.Apply([.. rows.Where(row => written.Contains(MessageKey.Of(row)))]);
        _receipts.Begin([.. run.Where(message => written.Contains(MessageKey.Of(message.Row)))]);
        var result = written.ToDictionary(key => key, _ => true);
        foreach (var row in acting.Where(row => written.Contains(MessageKey.Of(row))))
        {
            if (row.About is null)
                _amendments.ApplyWaiting(row.WhatsAppId);
            else
                result[MessageKey.Of(row)] = _amendments.Apply(MessageKey.Of(row));
        }

        _amendments.Write();
        return result;
    }

    /// <returns>Whether it is new. A message that waits is in no list of chats yet, and does nothing to others.</returns>
    public async Task<bool> InsertWaitingAsync(MessageRow row, CancellationToken ct)
    {
        var isNew = false;
        pipeline.Add(Insert([row]), _ => isNew = true);
        await pipeline.FlushAsync(ct);
        return isNew;
    }

    /// <returns>For each step whether the message moved forward, or whose member's receipt did; and the status that a message has reached with all members.</returns>
    public async Task<ProgressResult> MoveAsync(IReadOnlyList<JournalEntry.Progress> steps, CancellationToken ct)
    {
        // Our ids are random, so that the id alone finds a sent message whichever name the receipt gives its chat.
        var result = new ProgressResult();
        var plain = steps.Where(s => s.Member is null).ToList();
        if (plain.Count > 0)
            pipeline.Add(Move(plain), r => result.Moved.Add((r.GetString(0), r.GetString(1))));
        _receipts.Move([.. steps.Where(s => s.Member is not null)], result);

        // What we have sent is taken now.
        var taken = steps.Where(s => s is { Direction: MessageDirections.Sent, Status: not MessageStatuses.Failed }).Select(s => s.WhatsAppId).ToList();
        _amendments.Find(actions: taken, targets: []);
        await pipeline.FlushAsync(ct);

        foreach (var id in taken.Where(id => result.Moved.Contains((id, MessageDirections.Sent)) || result.Wholes.ContainsKey(id)))
            _amendments.ApplySent(id);
        _amendments.Write();
        return result;
    }

    /// <returns>The messages that move forward, with their status.</returns>
    public async Task<IReadOnlyDictionary<string, string>> LeaveAsync(JournalEntry.MembersLeft left, CancellationToken ct)
    {
        var result = new ProgressResult();
        _receipts.Leave(left, result);
        await pipeline.FlushAsync(ct);
        return result.Wholes;
    }

    /// <returns>Whether any was unread.</returns>
    public async Task<bool> ReadAsync(JournalEntry.Read read, CancellationToken ct)
    {
        var isAny = false;
        pipeline.Add(
            new PostgresStatement(
                """
                update public.messages set status = 'read'
                where whatsapp_session_id = @session and whatsapp_id = any(@ids) and direction = 'received' and status = 'received' returning whatsapp_id
                """,
                ("session", lease.SessionId), ("ids", read.WhatsAppIds.ToArray())),
            _ => isAny = true);
        await pipeline.FlushAsync(ct);
        return isAny;
    }

    public void Name(JournalEntry.PushName named) => _chats.Name(named);

    public void Find(JournalEntry.ChatFound chat) => _chats.Find(chat);

    /// <summary>Looks for the message of a file. The pipeline's next flush answers.</summary>
    public void Find(JournalEntry.Media media) => _amendments.Find(media);

    /// <summary>What became of the file.</summary>
    public void Apply(JournalEntry.Media media)
    {
        _amendments.Apply(media);
        _amendments.Write();
    }

    public void Name(JournalEntry.ChatName named) => _chats.Name(named.Chat, named.Name);

    public void Merge(JournalEntry.Merge merge)
    {
        // A message that is there under both names stays under the one it has.
        pipeline.Add(new PostgresStatement(
            """
            update public.messages m set chat = @lid, lid = @lid
            where m.whatsapp_session_id = @session and m.chat = @phone and not exists (
                select from public.messages o
                where o.whatsapp_session_id = @session and o.whatsapp_id = m.whatsapp_id and o.direction = m.direction and o.chat = @lid)
            """,
            ("session", lease.SessionId), ("phone", merge.PhoneNumberJid), ("lid", merge.LidJid)));
        pipeline.Add(new PostgresStatement(
            "update public.messages set phone_number = @number where whatsapp_session_id = @session and chat = @lid and phone_number is null",
            ("session", lease.SessionId), ("number", merge.PhoneNumberJid.Split('@')[0]), ("lid", merge.LidJid)));
        _chats.Merge(merge.PhoneNumberJid, merge.LidJid);
        _receipts.Merge(merge.PhoneNumberJid, merge.LidJid);
    }

    private PostgresStatement Move(List<JournalEntry.Progress> steps) => new(
        """
        update public.messages m set status = p.status
        from unnest(@ids, @directions, @statuses, @before) as p (whatsapp_id, direction, status, before)
        where m.whatsapp_session_id = @session and m.whatsapp_id = p.whatsapp_id and m.direction = p.direction
          and m.status = any(string_to_array(p.before, ','))
        returning m.whatsapp_id, m.direction
        """,
        ("session", lease.SessionId), ("ids", steps.Select(s => s.WhatsAppId).ToArray()), ("directions", steps.Select(s => s.Direction).ToArray()),
        ("statuses", steps.Select(s => s.Status).ToArray()),
        ("before", steps.Select(s => string.Join(',', MessageStatuses.Before(s.Status))).ToArray()));

    private PostgresStatement Insert(IReadOnlyList<MessageRow> rows)
    {
        return new PostgresStatement(
            """
            insert into public.messages as m (id, user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender,
                phone_number, lid, push_name, is_group, origin, about)
            select r.id, @user, r.lead_id, @session, r.direction, r.content::jsonb, r.status, r.timestamp, r.whatsapp_id, r.chat, r.sender,
                r.phone_number, r.lid, r.push_name, r.is_group, r.origin, r.about
            from unnest(@ids, @leads, @directions, @contents, @statuses, @times, @whatsapp, @chats, @senders, @phones, @lids, @names, @groups, @origins, @abouts)
                as r (id, lead_id, direction, content, status, timestamp, whatsapp_id, chat, sender, phone_number, lid, push_name, is_group, origin, about)
            on conflict (whatsapp_session_id, whatsapp_id, direction, chat) do update
            set content = excluded.content, status = excluded.status, timestamp = excluded.timestamp, sender = excluded.sender,
                phone_number = excluded.phone_number, lid = excluded.lid, push_name = excluded.push_name, about = excluded.about
            where m.status = 'undecryptable' and excluded.status <> 'undecryptable'
            returning m.whatsapp_id, m.direction, m.chat
            """,
            ("user", lease.UserId), ("session", lease.SessionId),
            ("ids", Column(row => row.Id)), ("leads", Column(row => row.LeadId)), ("directions", Column(row => row.Direction)),
            ("contents", Column(Content)), ("statuses", Column(row => row.Status)),
            ("times", Column(row => row.Timestamp.ToUniversalTime())), ("whatsapp", Column(row => row.WhatsAppId)), ("chats", Column(row => row.Chat)),
            ("senders", Column(row => row.Sender)), ("phones", Column(row => row.PhoneNumber)), ("lids", Column(row => row.Lid)),
            ("names", Column(row => row.PushName)), ("groups", Column(row => row.IsGroup)), ("origins", Column(row => row.Origin)),
            ("abouts", Column(row => row.About)));

        T[] Column<T>(Func<MessageRow, T> read) => [.. rows.Select(read)];

        string Content(MessageRow row) => cipher.SealContent(
            RecordPlace.Message(lease.SessionId, row.Direction, PostgresText.Clean(row.WhatsAppId)), PostgresText.CleanJson(row.Content.GetRawText()));
    }
}
