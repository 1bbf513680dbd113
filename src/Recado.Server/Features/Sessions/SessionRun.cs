using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Server.Features.Media;
using Recado.Server.Features.People;
using Recado.Server.Features.Telemetry;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// A session at work, from a start to its end: owns the client, and carries each of its batches into the journal before asking for the next,
/// which acknowledges it. A session that waits to be linked gets a new client for each round of QR codes. Lives on its grain's scheduler.
/// </summary>
internal sealed class SessionRun(
    SessionClients clients, IDeviceStore device, ISessionJournal journal, SessionLease lease, SessionRow row, RisingIds ids, DateTimeOffset scanBefore,
    MediaFetcher fetcher, MediaUploads uploads, SendQueue queue, Func<WhatsAppClient, SendMessage, CancellationToken, Task<SendOutcome>> send,
    CallGuard calls, SessionMetrics metrics, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250), LastRetry = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SessionQr? _qr;
    private StateChanged? _report;
    private bool _isEnding, _isRoundOver;

    /// <summary>The row as last committed.</summary>
    public SessionRow Row { get; private set; } = row;

    public SessionLease Lease => lease;

    /// <summary>The client at work, or null before the first and after the last.</summary>
    public WhatsAppClient? Client { get; private set; }

    /// <summary>The code to scan now.</summary>
    public SessionQr? Qr => _qr is { } qr && qr.ExpiresAt > time.GetUtcNow() ? qr : null;

    /// <summary>Whether another owner has taken the session; nothing was written since.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>Ends when the session has come to rest. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = RunAsync();

    /// <summary>Somebody asks for files that have waited for that.</summary>
    public void FetchMedia() => fetcher.Wake();

    /// <summary>Waits until the session is connected or has come to rest.</summary>
    /// <returns>Whether it is connected.</returns>
    public async Task<bool> WaitForConnectionAsync(CancellationToken ct)
    {
        await Task.WhenAny(_connected.Task, Completion).WaitAsync(ct);
        return Client?.State == SessionState.Connected;
    }

    /// <summary>Closes the connection, after what has arrived is saved. Cancelling gives up the saving; the service delivers it again.</summary>
    /// <param name="report">The state to record at the end, or null to leave the row as it is, so that the next start brings the session back.</param>
    public async Task StopAsync(StateChanged? report, CancellationToken ct)
    {
        _isEnding = true;
        _report = report;
        try
        {
            if (Client is { } client)
                await client.StopAsync(ct);

            _rest.TrySetResult();
            await Completion.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            logger.CloseTimedOut(lease.SessionId);
            await _abort.CancelAsync();
            await Completion;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await Completion;
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        using var tracked = metrics.Track(lease.SessionId, () => Client);
        try
        {
            do
            {
                _isRoundOver = false;
                await RunClientAsync();
            }
            while (_isRoundOver && !_isEnding);

            if (_report is { } report && !IsFenced)
                await CommitAsync(DeviceChanges.Empty, [report]);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // Given up on purpose; what was not saved was not acknowledged.
        }
        catch (Exception e)
        {
            logger.RunFailed(e, lease.SessionId); // the row still says that the session ought to run, so the supervisor starts it again
        }
    }

    private async Task RunClientAsync()
    {
        var client = clients.Create(new PatientDevice(device, lease.SessionId, time, logger), lease.SessionId);
        var (pump, fetching, answering, sending) = (Task.CompletedTask, Task.CompletedTask, Task.CompletedTask, Task.CompletedTask);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Client = client;
        try
        {
            await client.StartAsync(_abort.Token);
            pump = PumpAsync(client);
            fetching = fetcher.RunAsync(client, ends.Token);
            answering = calls.RunAsync(client, ends.Token);
            sending = queue.RunAsync(client, (message, ct) => send(client, message, ct), FailAsync, ends.Token);
            if (!await IsScannedInTimeAsync(pump))
            {
                _isEnding = true;
                _report = new StateChanged(
                    SessionState.Disconnected, DisconnectReason.QrTimeout, "Nobody scanned the QR code in time. Connect the session again to get a new one.");
                await client.StopAsync(_abort.Token);
            }

            await Task.WhenAny(pump, _rest.Task);
        }
        finally
        {
            (Client, _qr) = (null, null);
            await ends.CancelAsync();
            await fetching;
            await answering;
            await sending;
            await client.DisposeAsync(); // ends the stream, and with it the pump
            await pump;
        }
    }

    private async Task<bool> IsScannedInTimeAsync(Task pump)
    {
        if (Row.IsPaired)
            return true;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(_abort.Token);
        var left = scanBefore - time.GetUtcNow();
        await Task.WhenAny(pump, _rest.Task, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, over.Token));
        await over.CancelAsync();
        return pump.IsCompleted || _rest.Task.IsCompleted || Row.IsPaired;
    }

    private async Task PumpAsync(WhatsAppClient client)
    {
        await foreach (var batch in client.ReadBatchesAsync(_abort.Token))
        {
            if (!await CommitAsync(batch.Changes, batch.Events))
                return; // without asking for the next batch, this one stays unacknowledged
        }
    }

    /// <returns>False when the lease is lost.</returns>
    private async Task<bool> CommitAsync(DeviceChanges changes, IReadOnlyList<ClientEvent> events)
    {
        var (row, qr, entries) = Translate(events);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                IReadOnlyList<JournalEntry> all = changes.EraseAll ? [.. entries, .. await queue.AbandonAsync(row, _abort.Token)] : entries;
                IsFenced = !await journal.CommitAsync(lease, changes, all, _abort.Token);
                break;
            }
            catch (StorageException e) when (e.IsTransient)
            {
                var delay = Min(LastRetry, FirstRetry * Math.Pow(2, Math.Min(attempt - 1, 10)));
                metrics.CommitDelayed();
                logger.CommitDelayed(lease.SessionId, e.Message, attempt, delay);
                await Task.Delay(delay, time, _abort.Token);
            }
        }

        if (IsFenced)
        {
            logger.Fenced(lease.SessionId);
            return false;
        }

        metrics.Count(events);
        if (row.Status != Row.Status)
            logger.StateChanged(lease.SessionId, row.Status, row.ReasonCode ?? "none");

        (Row, _qr) = (row, qr);
        if (row.Status == SessionStates.Connected && entries.Exists(entry => entry is JournalEntry.State or JournalEntry.Message { File.IsWanted: true }))
            fetcher.Wake();
        if (row.Status == SessionStates.Connected && entries.Exists(entry => entry is JournalEntry.State))
            queue.Wake();
        foreach (var call in events.OfType<CallReceived>())
            calls.Ring(call);
        foreach (var change in events.OfType<StateChanged>())
        {
            if (change.State == SessionState.Connected)
                _connected.TrySetResult();
            else if (change.State is SessionState.Disconnected or SessionState.LoggedOut or SessionState.Error)
                _rest.TrySetResult();
        }

        return true;
    }

    private (SessionRow Row, SessionQr? Qr, List<JournalEntry> Entries) Translate(IReadOnlyList<ClientEvent> events)
    {
        var (row, qr, entries) = (Row, _qr, new List<JournalEntry>(events.Count));
        foreach (var clientEvent in events)
        {
            switch (clientEvent)
            {
                case StateChanged { State: SessionState.Disconnected, Reason: DisconnectReason.QrTimeout } when !_isEnding && time.GetUtcNow() < scanBefore:
                    _isRoundOver = true; // still connecting as far as the user is concerned: the next round of codes follows
                    qr = null;
                    break;
                case StateChanged change when !_isEnding || ReferenceEquals(change, _report):
                    (row, var told) = SessionTranslator.Translate(row, change, time.GetUtcNow());
                    entries.AddRange(told);
                    qr = change is { State: SessionState.Connecting, Reason: null or DisconnectReason.PairingUnsupported } ? qr : null;
                    break;
                case StateChanged:
                    break; // the end was asked for; the report says what to record of it
                case Paired paired:
                    row = SessionTranslator.Translate(row, paired);
                    entries.Add(new JournalEntry.State(row));
                    qr = null;
                    break;
                case QrIssued issued:
                    qr = new SessionQr(issued.Code, issued.ExpiresAt, issued.Number);
                    entries.Add(SessionTranslator.Translate(row, issued));
                    break;
                case MessageQueued { Envelope.Id: var id } leaving when queue.RowOf(id) is { } rowId:
                    entries.Add(new JournalEntry.Dequeued(id));
                    entries.AddRange(SessionTranslator.Translate(row, leaving, () => rowId, uploads.RowOf));
                    break;
                default:
                    entries.AddRange(SessionTranslator.Translate(row, clientEvent, ids, uploads.RowOf));
                    break;
            }
        }

        return (row, qr, entries);
    }

    private Task FailAsync(QueuedMessage message, string reason) =>
        journal.CommitAsync(lease, DeviceChanges.Empty, SessionTranslator.Failed(Row, message, reason, time.GetUtcNow()), _abort.Token);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
