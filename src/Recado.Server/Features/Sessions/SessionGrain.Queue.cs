using Recado.Client;
using Recado.Client.Stores;
using Recado.Protocol.Messages;
using Recado.Server.Features.Media;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>Messages that wait, and the pace at which messages leave.</summary>
internal sealed partial class SessionGrain
{
    private readonly SemaphoreSlim _enqueueing = new(1, 1);
    private SendPace? _pace;
    private SendQueue? _queue;

    private SendPace Pace => _pace ??= new SendPace(settings.SendRatePerMinute, settings.SendBurst, time);

    private SendQueue Queue => _queue ??= new SendQueue(waiting, Pace, Id, time, logger);

    public Task<bool> CancelAsync(string messageId, CancellationToken ct) =>
        Queue.CancelAsync(messageId, message => FailAsync(message, "canceled", ct), ct);

    public async Task ExpireQueueAsync(CancellationToken ct)
    {
        if (_run is not null)
        {
            Queue.Wake(); // it looks at the first one by itself
            return;
        }

        foreach (var message in await waiting.ListAsync(Id, int.MaxValue, ct))
        {
            if (message.ExpiresAt <= time.GetUtcNow())
                await FailAsync(message, "queue_expired", ct);
        }
    }

    /// <summary>Lets a message wait instead of giving this answer, if it may.</summary>
    private async Task<SendOutcome> OrWaitAsync(SendOutcome otherwise, SendMessage command, CancellationToken ct)
    {
        if (command.Waiting is not { } hint)
            return otherwise;

        await _enqueueing.WaitAsync(ct);
        try
        {
            if (await sessions.FindAsync(Id, ct) is not { } session)
                return new SendOutcome.NotFound();
            if (!session.IsPaired)
                return new SendOutcome.NotConnected(session.Status);
            if (await waiting.CountAsync(Id, ct) >= settings.SendQueueMax)
                return new SendOutcome.QueueFull(settings.SendQueueMax);

            var now = time.GetUtcNow();
            var content = command.ToContent();
            var row = new MessageRow
            {
                Id = ids.Next(),
                UserId = session.UserId,
                SessionId = Id,
                Direction = MessageDirections.Sent,
                Content = MediaBodies.Of(content, _uploads.RowOf(content)),
                Status = MessageStatuses.Queued,
                Timestamp = now,
                WhatsAppId = command.MessageId ?? MessageId.Create(now, session.PhoneNumber, random),
                About = MessageBodies.AboutOf(content),
                Chat = hint.Chat,
                Sender = session.PhoneNumber is { } phone ? $"{phone}@s.whatsapp.net" : session.Lid ?? "",
                IsGroup = hint.IsGroup,
                Origin = "live",
            };
            if (!await WriteAsync([new JournalEntry.Enqueued(row, QueuedSend.Serialize(command), now + settings.SendQueueMaxAge)], ct))
                return new SendOutcome.NotConnected(StatusWhileAway);

            Queue.Wake();
            return new SendOutcome.Queued(row.WhatsAppId, now);
        }
        finally
        {
            _enqueueing.Release();
        }
    }

    private async Task FailAsync(QueuedMessage message, string reason, CancellationToken ct)
    {
        if (await sessions.FindAsync(Id, ct) is { } session)
            await WriteAsync(SessionTranslator.Failed(session, message, reason, time.GetUtcNow()), ct);
    }

    /// <summary>Writes for the session, whether it runs or not.</summary>
    private async Task<bool> WriteAsync(IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        if (_run is { } run)
            return await journal.CommitAsync(run.Lease, DeviceChanges.Empty, entries, ct);

        using var _ = await EnterAsync(ct);
        var lease = _run?.Lease ?? (await journal.AcquireAsync(Id, ct))?.Lease;
        return lease is not null && await journal.CommitAsync(lease, DeviceChanges.Empty, entries, ct);
    }

    private async Task<SendOutcome> SendNowAsync(WhatsAppClient client, SendMessage command, CancellationToken ct)
    {
        try
        {
            SendOutcome outcome = new SendOutcome.InvalidRecipient();
            foreach (var form in command.To)
            {
                if (!Recipients.TryParse(form, out var recipient))
                    continue;

                outcome = await Recipients.ResolveAsync(client, recipient, ct) is { } to
                    ? ToOutcome(await client.SendAsync(new OutgoingMessage(to, command.ToContent(), command.MessageId), ct))
                    : new SendOutcome.NotOnWhatsApp();
                if (outcome is not SendOutcome.NotOnWhatsApp)
                    break; // nothing was sent to a form that WhatsApp does not know
            }

            return outcome;
        }
        catch (ConnectionException)
        {
            return new SendOutcome.NotConnected(StatusWhileAway);
        }
        catch (RequestTimeoutException)
        {
            return new SendOutcome.NoAnswer();
        }
        catch (RequestRefusedException e)
        {
            return new SendOutcome.Refused(MessageId: null, e.Code);
        }
    }
}
