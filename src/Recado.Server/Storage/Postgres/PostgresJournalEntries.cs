using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Writes the entries of one commit, inside its transaction. Neighbours of a kind become one statement; what depends on its result
/// follows in the next round trip, and the events of all of them go last.
/// </summary>
internal sealed class PostgresJournalEntries(PostgresPipeline pipeline, RecordCipher cipher, SessionLease lease, DateTimeOffset now)
{
    private readonly PostgresMessageWrites _messages = new(pipeline, cipher, lease);
    private readonly PostgresLeads _leads = new(pipeline, cipher, lease, now);
    private readonly List<JournalEntry.Event> _events = [];

    /// <returns>How many events were written.</returns>
    public async Task<int> ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        if (entries.OfType<JournalEntry.Merge>().ToList() is [_, ..] merges)
            _events.AddRange(await _leads.MergeAsync(merges, ct));

        for (var i = 0; i < entries.Count;)
        {
            switch (entries[i])
            {
                case JournalEntry.Message:
                    var run = MessageRun.Take(entries, i);
                    await WriteAsync(run, ct);
                    i += run.Entries.Count;
                    continue;
                case JournalEntry.Progress:
                    var steps = ProgressRun.Take(entries, i);
                    await WriteAsync(steps, ct);
                    i += steps.Count;
                    continue;
                case JournalEntry.State state:
                    Write(state.Row);
                    break;
                case JournalEntry.Event event_:
                    _events.Add(event_);
                    break;
                case JournalEntry.Media media:
                    await WriteAsync(media, ct);
                    break;
                case JournalEntry.Enqueued waiting:
                    await WriteAsync(waiting, ct);
                    break;
                case JournalEntry.Dequeued gone:
                    pipeline.Add(PostgresMessageQueue.Remove(lease.SessionId, gone.WhatsAppId));
                    break;
                case JournalEntry.Read read:
                    if (await _messages.ReadAsync(read, ct))
                        Tell(read.Then);
                    break;
                case JournalEntry.MembersLeft left:
                    foreach (var (message, status) in await _messages.LeaveAsync(left, ct))
                        Tell(left.Whole(message, status));
                    break;
                case JournalEntry.ChatName named:
                    _messages.Name(named);
                    break;
                case JournalEntry.PushName named:
                    _messages.Name(named);
                    break;
                case JournalEntry.ChatFound chat:
                    _messages.Find(chat);
                    break;
                case JournalEntry.Merge merge:
                    _messages.Merge(merge);
                    break;
            }

            i++;
        }

        await PostgresEvents.AppendAsync(pipeline, cipher, lease.UserId, lease.SessionId, _events, now, ct);
        return _events.Count;
    }

    private void Write(SessionRow row) => pipeline.Add(new PostgresStatement(
        """
        update public.whatsapp_sessions set phone_number = @phone, lid = @lid, is_paired = @paired, status = @status, reason = @reason,
            reason_code = @code, last_connected_at = @connected, updated_at = @now
        where id = @id
        """,
        ("id", row.Id), ("phone", row.PhoneNumber), ("lid", row.Lid), ("paired", row.IsPaired), ("status", row.Status),
        ("reason", row.Reason), ("code", row.ReasonCode), ("connected", row.LastConnectedAt), ("now", now)));

    private async Task WriteAsync(MessageRun run, CancellationToken ct)
    {
        _leads.Find(run.Entries);
        var written = await _messages.InsertAsync(run.Entries, ct);
        _events.AddRange(await _leads.LinkAsync([.. run.Entries.Where(message => written.ContainsKey(MessageKey.Of(message.Row)))], ct));
        foreach (var message in run.Entries)
        {
            if (!written.TryGetValue(MessageKey.Of(message.Row), out var isAllowed))
                continue;

            if (message.File is { } file)
            {
                var reference = cipher.Seal(PostgresMediaStore.Place(file.Row), file.Reference);
                pipeline.Add(PostgresMediaStore.Insert(file.Row, now, file.Direction, file.WhatsAppId, reference, file.IsWanted));
            }

            if (isAllowed)
                Tell(message.Then);
        }
    }

    private async Task WriteAsync(IReadOnlyList<JournalEntry.Progress> steps, CancellationToken ct)
    {
        var result = await _messages.MoveAsync(steps, ct);
        foreach (var step in steps)
        {
            if (result.Moved.Contains((step.WhatsAppId, step.Direction)))
                Tell(step.Then);
            if (step.Member is { } member && result.Wholes.TryGetValue(step.WhatsAppId, out var status))
                Tell(member.Whole(step.WhatsAppId, status));
        }
    }

    private async Task WriteAsync(JournalEntry.Media media, CancellationToken ct)
    {
        var row = media.Row;
        var isWritten = false;
        pipeline.Add(
            new PostgresStatement(
                """
                update recado.media set status = @status, mime_type = @mime, size = @size, sha256 = @sha256, failure = @failure,
                    reference = case @status when 'stored' then null else reference end
                where id = @id and session_id = @session and status = 'pending' returning id
                """,
                ("id", row.Id), ("session", lease.SessionId), ("status", row.Status), ("mime", row.MimeType), ("size", row.Size),
                ("sha256", row.Sha256), ("failure", row.Failure)),
            _ => isWritten = true);
        _messages.Find(media);
        await pipeline.FlushAsync(ct);
        if (!isWritten)
            return;

        _messages.Apply(media);
        Tell(media.Then);
    }

    private async Task WriteAsync(JournalEntry.Enqueued waiting, CancellationToken ct)
    {
        if (!await _messages.InsertWaitingAsync(waiting.Row, ct))
            return;

        var request = cipher.Seal(RecordPlace.Queued(lease.SessionId, waiting.Row.Id), waiting.Request.Span);
        pipeline.Add(PostgresMessageQueue.Insert(waiting.Row, request, waiting.ExpiresAt));
    }

    private void Tell(JournalEntry.Event? event_)
    {
        if (event_ is not null)
            _events.Add(event_);
    }
}
