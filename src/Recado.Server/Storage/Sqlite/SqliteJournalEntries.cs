using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Writes the entries of one commit, inside its transaction.</summary>
internal sealed class SqliteJournalEntries(SqliteStatements db, RecordCipher cipher, SessionLease lease, DateTimeOffset now)
{
    private readonly SqliteAmendments _amendments = new(db, cipher, lease);
    private readonly SqliteChats _chats = new(db, lease);
    private readonly SqliteReceipts _receipts = new(db, lease);
    private readonly SqliteEvents _events = new(db, cipher, lease.UserId, lease.SessionId, now);

    /// <returns>How many events were written.</returns>
    public int Apply(IReadOnlyList<JournalEntry> entries)
    {
        var leads = new SqliteLeads(db, cipher, lease, _events, now);
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case JournalEntry.State state:
                    Write(state.Row);
                    break;
                case JournalEntry.Event event_:
                    _events.Write(event_);
                    break;
                case JournalEntry.Message message:
                    if (Write(message.Row))
                    {
                        _chats.Apply(message.Row);
                        Write(message.File);
                        _receipts.Begin(message);
                        leads.Link(message);
                        if (Amend(message.Row))
                            _events.Write(message.Then);
                    }

                    break;
                case JournalEntry.Media media:
                    if (Write(media))
                        _events.Write(media.Then);
                    break;
                case JournalEntry.Progress { Member: { } member } progress:
                    Write(progress, member);
                    break;
                case JournalEntry.Progress progress:
                    if (Write(progress))
                        _events.Write(progress.Then);
                    break;
                case JournalEntry.MembersLeft left:
                    foreach (var (message, status) in _receipts.Leave(left))
                        _events.Write(left.Whole(message, status));
                    break;
                case JournalEntry.Enqueued waiting:
                    if (Write(waiting.Row))
                    {
                        var request = cipher.Seal(RecordPlace.Queued(lease.SessionId, waiting.Row.Id), waiting.Request.Span);
                        SqliteMessageQueue.Insert(db, waiting.Row, request, waiting.ExpiresAt);
                    }

                    break;
                case JournalEntry.Dequeued gone:
                    SqliteMessageQueue.Remove(db, lease.SessionId, gone.WhatsAppId);
                    break;
                case JournalEntry.Read read:
                    if (Write(read))
                        _events.Write(read.Then);
                    break;
                case JournalEntry.ChatName named:
                    _chats.Name(named.Chat, named.Name);
                    break;
                case JournalEntry.PushName named:
                    _chats.Name(named);
                    break;
                case JournalEntry.ChatFound chat:
                    _chats.Find(chat);
                    break;
                case JournalEntry.Merge merge:
                    Write(merge);
                    leads.Merge(merge);
                    break;
            }
        }

        return _events.Count;
    }

    private void Write(SessionRow row) => db.Execute(
        """
        update whatsapp_sessions set phone_number = $phone, lid = $lid, is_paired = $paired, status = $status, reason = $reason,
            reason_code = $code, last_connected_at = $connected, updated_at = $now
        where id = $id
        """,
        ("$id", row.Id), ("$phone", row.PhoneNumber), ("$lid", row.Lid), ("$paired", row.IsPaired), ("$status", row.Status),
        ("$reason", row.Reason), ("$code", row.ReasonCode), ("$connected", row.LastConnectedAt), ("$now", now));

    private bool Write(MessageRow row) => db.Execute(
        """
        insert into messages (id, user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender,
            phone_number, lid, push_name, is_group, origin, about)
        values ($id, $user, $lead, $session, $direction, $content, $status, $time, $whatsapp, $chat, $sender, $phone, $lid, $name, $group, $origin, $about)
        on conflict (whatsapp_session_id, whatsapp_id, direction, chat) do update
        set content = excluded.content, status = excluded.status, timestamp = excluded.timestamp, sender = excluded.sender,
            phone_number = excluded.phone_number, lid = excluded.lid, push_name = excluded.push_name, about = excluded.about
        where messages.status = 'undecryptable' and excluded.status <> 'undecryptable'
        """,
        ("$id", row.Id), ("$user", lease.UserId), ("$lead", row.LeadId), ("$session", lease.SessionId), ("$direction", row.Direction),
        ("$content", cipher.SealContent(RecordPlace.Message(lease.SessionId, row.Direction, row.WhatsAppId), row.Content.GetRawText())),
        ("$status", row.Status), ("$time", row.Timestamp), ("$whatsapp", row.WhatsAppId), ("$chat", row.Chat), ("$sender", row.Sender), ("$phone", row.PhoneNumber), ("$lid", row.Lid), ("$name", row.PushName),
        ("$group", row.IsGroup), ("$origin", row.Origin), ("$about", row.About)) > 0;

    /// <summary>Carries out what a message does to the one it is about, or what was waiting for this one to come.</summary>
    /// <returns>False when it is not for its author to do.</returns>
    private bool Amend(MessageRow row)
    {
        if (row.Status is MessageStatuses.Pending or MessageStatuses.Undecryptable)
            return true; // until WhatsApp has taken it, or until it can be read

        return row.About is null ? _amendments.ApplyWaiting(row.WhatsAppId) : _amendments.Apply(row);
    }

    private void Write(PendingMedia? file)
    {
        if (file is not null)
        {
            var reference = cipher.Seal(SqliteMediaStore.Place(file.Row), file.Reference);
            SqliteMediaStore.Insert(db, file.Row, now, file.Direction, file.WhatsAppId, reference, file.IsWanted);
        }
    }

    private bool Write(JournalEntry.Media media)
    {
        var row = media.Row;
        var isWritten = db.Execute(
            """
            update media set status = $status, mime_type = $mime, size = $size, sha256 = $sha256, failure = $failure,
                reference = case $status when 'stored' then null else reference end
            where id = $id and session_id = $session and status = 'pending'
            """,
            ("$id", row.Id), ("$session", lease.SessionId), ("$status", row.Status), ("$mime", row.MimeType), ("$size", row.Size),
            ("$sha256", row.Sha256), ("$failure", row.Failure)) > 0;
        if (isWritten)
            _amendments.Apply(media);

        return isWritten;
    }

    private bool Write(JournalEntry.Progress progress)
    {
        // Our ids are random, so that the id alone finds a sent message whichever name the receipt gives its chat.
        var before = string.Join(", ", MessageStatuses.Before(progress.Status).Select(s => $"'{s}'"));
        var isMoved = db.Execute(
            $"""
            update messages set status = $status
            where whatsapp_session_id = $session and whatsapp_id = $whatsapp and direction = $direction and status in ({before})
            """,
            ("$session", lease.SessionId), ("$whatsapp", progress.WhatsAppId), ("$direction", progress.Direction), ("$status", progress.Status)) > 0;
        if (isMoved && progress is { Direction: MessageDirections.Sent, Status: not MessageStatuses.Failed })
            _amendments.ApplySent(progress.WhatsAppId);
        return isMoved;
    }

    private void Write(JournalEntry.Progress progress, MemberReceipt member)
    {
        if (!_receipts.Move(progress, member))
            return;

        _events.Write(progress.Then);
        if (_receipts.MoveWhole(progress.WhatsAppId) is not { } status)
            return;

        _amendments.ApplySent(progress.WhatsAppId);
        _events.Write(member.Whole(progress.WhatsAppId, status));
    }

    private bool Write(JournalEntry.Read read)
    {
        var moved = 0;
        foreach (var id in read.WhatsAppIds)
        {
            moved += db.Execute(
                """
                update messages set status = 'read'
                where whatsapp_session_id = $session and whatsapp_id = $whatsapp and direction = 'received' and status = 'received'
                """,
                ("$session", lease.SessionId), ("$whatsapp", id));
        }

        return moved > 0;
    }

    private void Write(JournalEntry.Merge merge)
    {
        var phoneNumber = merge.PhoneNumberJid.Split('@')[0];

        // "or ignore": a message that is there under both names stays under the one it has.
        db.Execute(
            "update or ignore messages set chat = $lid, lid = $lid where whatsapp_session_id = $session and chat = $phone",
            ("$session", lease.SessionId), ("$phone", merge.PhoneNumberJid), ("$lid", merge.LidJid));
        db.Execute(
            "update messages set phone_number = $number where whatsapp_session_id = $session and chat = $lid and phone_number is null",
            ("$session", lease.SessionId), ("$number", phoneNumber), ("$lid", merge.LidJid));
        _chats.Merge(merge.PhoneNumberJid, merge.LidJid);
        _receipts.Merge(merge.PhoneNumberJid, merge.LidJid);
    }
}
