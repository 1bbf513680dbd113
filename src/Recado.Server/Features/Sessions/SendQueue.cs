using System.Threading.Channels;
using Recado.Client;
using Recado.Client.Stores;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// The messages of a session that wait: for its pace, or to be connected. They leave in order, one after the other. What waits is in the database;
/// a message leaves the queue in the commit that puts it into the outbox, so that it is in one of them whatever happens. Used on the scheduler of
/// the session's grain only.
/// </summary>
internal sealed class SendQueue(IMessageQueue store, SendPace pace, Guid sessionId, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1), AfterLoss = TimeSpan.FromMinutes(1), AfterFailure = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }); // one that waits is enough

    /// <summary>Held while it is decided which message leaves, or which is taken back.</summary>
    private readonly SemaphoreSlim _deciding = new(1, 1);

    /// <summary>Messages that have begun to leave and of which it is not known that they have not: their ids, and those of their rows.</summary>
    private readonly Dictionary<string, Guid> _leaving = [];

    /// <summary>There may be something to send: a message waits, or the session is connected.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    /// <summary>The row of the message with this id, if it leaves the queue now.</summary>
    public Guid? RowOf(string messageId) => _leaving.TryGetValue(messageId, out var id) ? id : null;

    /// <summary>Sends until cancelled.</summary>
    /// <param name="client">What sends.</param>
    /// <param name="send">Sends a message.</param>
    /// <param name="fail">Records that a message is not sent, for the reason of that code.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(
        WhatsAppClient client, Func<SendMessage, CancellationToken, Task<SendOutcome>> send, Func<QueuedMessage, string, Task> fail, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var wait = await TryStepAsync(client, send, fail, ct);
                if (wait != TimeSpan.Zero)
                    await WaitAsync(wait, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The session has come to rest.
        }
    }

    /// <summary>Takes a message back.</summary>
    /// <param name="messageId">Which message.</param>
    /// <param name="fail">Records it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when it does not wait any more.</returns>
    public async Task<bool> CancelAsync(string messageId, Func<QueuedMessage, Task> fail, CancellationToken ct)
    {
        await _deciding.WaitAsync(ct);
        try
        {
            var waiting = await store.ListAsync(sessionId, int.MaxValue, ct);
            if (RowOf(messageId) is not null || waiting.FirstOrDefault(m => m.WhatsAppId == messageId) is not { } message)
                return false;

            await fail(message);
            return true;
        }
        finally
        {
            _deciding.Release();
        }
    }

    /// <summary>The account is unlinked: nothing of what waits can leave, least of all from another account.</summary>
    /// <returns>What to write along with that.</returns>
    public async Task<IReadOnlyList<JournalEntry>> AbandonAsync(SessionRow row, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return [.. (await store.ListAsync(sessionId, int.MaxValue, ct)).SelectMany(message => SessionTranslator.Failed(row, message, "session_logged_out", now))];
    }

    /// <returns>How long to wait before the next one, unless something happens before.</returns>
    private async Task<TimeSpan> TryStepAsync(
        WhatsAppClient client, Func<SendMessage, CancellationToken, Task<SendOutcome>> send, Func<QueuedMessage, string, Task> fail, CancellationToken ct)
    {
        try
        {
            return await StepAsync(client, send, fail, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database, or a message that cannot be read or composed. Whatever waits must not bring the session down.
            logger.QueuePaused(sessionId, e.Message);
            return AfterFailure;
        }
    }

    private async Task<TimeSpan> StepAsync(
        WhatsAppClient client, Func<SendMessage, CancellationToken, Task<SendOutcome>> send, Func<QueuedMessage, string, Task> fail, CancellationToken ct)
    {
        QueuedMessage? first;
        await _deciding.WaitAsync(ct);
        try
        {
            first = await FirstAsync(ct);
            if (first is null)
                return Timeout.InfiniteTimeSpan;

            var left = first.ExpiresAt - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                await fail(first, "queue_expired");
                return TimeSpan.Zero;
            }

            if (client.State != SessionState.Connected)
                return left < LongestSleep ? left : LongestSleep;
            if (pace.Take() is { } pause)
                return pause;

            _leaving[first.WhatsAppId] = first.Id;
        }
        finally
        {
            _deciding.Release();
        }

        var outcome = await send(QueuedSend.Parse(first.Request) with { MessageId = first.WhatsAppId }, ct);
        _leaving.Remove(first.WhatsAppId); // not when it was cancelled: then it may still leave
        if (!outcome.HasLeft)
            pace.GiveBack();

        switch (outcome)
        {
            case SendOutcome.NotConnected or SendOutcome.NotFound:
                return AfterLoss; // or when the connection is back
            case SendOutcome.NoAnswer:
                return AfterFailure;
            case { HasLeft: true } when await FirstAsync(ct) is var next && next?.Id != first.Id:
                return TimeSpan.Zero; // the client's events tell the rest
            case SendOutcome.Sent or SendOutcome.NotAcknowledged:
                return AfterFailure; // on its way since an earlier attempt, whose commit is yet to come
            default:
                await fail(first, Problems.CodeOf(Delivery.ToProblem(outcome)));
                return TimeSpan.Zero;
        }
    }

    private async Task<QueuedMessage?> FirstAsync(CancellationToken ct) => await store.ListAsync(sessionId, limit: 1, ct) is [var first] ? first : null;

    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await _wakeUps.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It is time.
        }
    }
}
