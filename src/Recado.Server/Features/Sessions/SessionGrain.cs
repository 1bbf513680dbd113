using Orleans.Concurrency;
using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Server.Features.Media;
using Recado.Server.Features.People;
using Recado.Server.Features.Telemetry;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>Owns a session's <see cref="SessionRun"/>: starts, forwards, stops. Knows nothing of the protocol.</summary>
[KeepAlive] // the connection is the state worth keeping; only a stop or the end of the process ends it
[Reentrant] // a message waits for WhatsApp's answer while others go out; what must not overlap takes the gate
internal sealed partial class SessionGrain(
    ISessionStore sessions, ISessionJournal journal, SessionClients clients, RunningSessions running, RisingIds ids, RecadoSettings settings,
    IMediaStore media, MediaFiles files, IMessageQueue waiting, IRandomSource random, SessionMetrics metrics,
    TimeProvider time, ILogger<SessionGrain> logger)
    : Grain, ISessionGrain, IDisposable
{
    private const int NoLimit = int.MaxValue;
    private static readonly TimeSpan LogoutPatience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private SessionRun? _run;
    private Task _watch = Task.CompletedTask;

    private Guid Id => Guid.Parse(this.GetPrimaryKeyString());

    // The row may still say "connected" when the connection has just gone.
    private string StatusWhileAway => _run?.Row.Status is { } status && status != SessionStates.Connected ? status : SessionStates.Reconnecting;

    public Task<SessionOutcome> ConnectAsync(CancellationToken ct) => StartAsync(settings.MaxSessionsPerUser, ct);

    public Task<SessionOutcome> ResumeAsync(CancellationToken ct) => StartAsync(NoLimit, ct);

    public async Task<SessionOutcome> DisconnectAsync(CancellationToken ct)
    {
        using var _ = await EnterAsync(ct);
        var rest = new StateChanged(SessionState.Disconnected, DisconnectReason.StoppedByUser, "Disconnected by the user. Connect the session to resume it.");
        if (_run is { } run)
        {
            await run.StopAsync(rest, ct);
            await _watch;
            return SessionOutcome.Done;
        }

        // A session that is unlinked has nothing to disconnect.
        return await sessions.FindAsync(Id, ct) is { Status: SessionStates.LoggedOut }
            ? SessionOutcome.Done
            : await RecordAsync(rest, DeviceChanges.Empty, ct);
    }

    public async Task<SessionOutcome> LogoutAsync(CancellationToken ct)
    {
        using var _ = await EnterAsync(ct);
        return await UnlinkAsync(ct);
    }

    public async Task<SessionOutcome> PurgeAsync(CancellationToken ct)
    {
        using var _ = await EnterAsync(ct);
        var outcome = await UnlinkAsync(ct);
        if (outcome != SessionOutcome.Done)
            return outcome;

        if (await journal.AcquireAsync(Id, ct) is not { } acquired)
            return SessionOutcome.NotFound;

        var isPurged = await journal.PurgeAsync(acquired.Lease, ct);
        DeactivateOnIdle();
        return isPurged ? SessionOutcome.Done : SessionOutcome.Unavailable;
    }

    public async Task<SendOutcome> SendAsync(SendMessage command, CancellationToken ct)
    {
        if (_run?.Client is not { State: SessionState.Connected } client)
        {
            return await sessions.FindAsync(Id, ct) is { } row
                ? await OrWaitAsync(new SendOutcome.NotConnected(_run?.Client is null ? row.Status : StatusWhileAway), command, ct)
                : new SendOutcome.NotFound();
        }

        if (command.Waiting is not null && await waiting.CountAsync(Id, ct) > 0)
            return await OrWaitAsync(new SendOutcome.NotFound(), command, ct); // behind the others
        if (Pace.Take() is { } wait)
            return await OrWaitAsync(new SendOutcome.TooFast(wait), command, ct);

        var outcome = await SendNowAsync(client, command, ct);
        if (!outcome.HasLeft)
            Pace.GiveBack();
        return outcome is SendOutcome.NotConnected ? await OrWaitAsync(outcome, command, ct) : outcome;
    }

    public async Task<SessionOutcome> MarkReadAsync(MarkRead command, CancellationToken ct)
    {
        if (_run is not { Client: { State: SessionState.Connected } client } run)
            return SessionOutcome.NotConnected;
        if (!Jid.TryParse(command.Chat, out var chat))
            return SessionOutcome.NotFound;

        var participant = Jid.TryParse(command.Participant, out var author) ? author : (Jid?)null;
        try
        {
            await client.MarkReadAsync(chat, participant, command.MessageIds, ct);
        }
        catch (ConnectionException)
        {
            return SessionOutcome.NotConnected;
        }

        var isWritten = await journal.CommitAsync(
            run.Lease, DeviceChanges.Empty, [SessionTranslator.Read(run.Row, command.Chat, command.MessageIds)], ct);
        return isWritten ? SessionOutcome.Done : SessionOutcome.Unavailable;
    }

    public async Task<ClientOutcome<T>> AskAsync<T>(ClientRequest<T> request, CancellationToken ct)
        where T : class
    {
        if (_run?.Client is not { } client)
            return await sessions.FindAsync(Id, ct) is { } row ? new ClientOutcome<T>.NotConnected(row.Status) : new ClientOutcome<T>.NotFound();
        if (client.State != SessionState.Connected)
            return new ClientOutcome<T>.NotConnected(StatusWhileAway);

        try
        {
            return new ClientOutcome<T>.Given(await request.RunAsync(client, ct));
        }
        catch (ConnectionException)
        {
            return new ClientOutcome<T>.NotConnected(StatusWhileAway);
        }
        catch (RequestTimeoutException)
        {
            return new ClientOutcome<T>.NoAnswer();
        }
        catch (RequestRefusedException e)
        {
            return new ClientOutcome<T>.Refused(e.Code);
        }
    }

    public Task FetchMediaAsync()
    {
        _run?.FetchMedia(); // a session at rest fetches what waits when it connects
        return Task.CompletedTask;
    }

    public async Task<SessionStatus> GetStatusAsync(CancellationToken ct)
    {
        if (_run is { } run)
            return new SessionStatus(run.Row.Status, run.Row.PhoneNumber, run.Row.Reason, run.Row.ReasonCode, run.Qr);

        // Of an unreadable session the row stays as it is; only the answer tells.
        var row = await sessions.FindAsync(Id, ct);
        return await FindFaultAsync(ct) is { } fault
            ? new SessionStatus(SessionStates.Error, row?.PhoneNumber, fault, "unreadable", Qr: null)
            : new SessionStatus(row?.Status ?? SessionStates.Disconnected, row?.PhoneNumber, row?.Reason, row?.ReasonCode, Qr: null);
    }

    public async Task SuspendAsync(CancellationToken ct)
    {
        using var _ = await EnterAsync(ct);
        if (_run is { } run)
            await run.StopAsync(report: null, ct);

        await _watch;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => SuspendAsync(cancellationToken);

    public void Dispose()
    {
        _gate.Dispose();
        _enqueueing.Dispose();
    }

    private async Task<SessionOutcome> StartAsync(int limit, CancellationToken ct)
    {
        using var _ = await EnterAsync(ct);
        if (running.IsClosing)
            return SessionOutcome.Stopping;

        return _run is not null ? SessionOutcome.Done : await BeginAsync(limit, ct);
    }

    private async Task<SessionOutcome> BeginAsync(int limit, CancellationToken ct)
    {
        if (await FindFaultAsync(ct) is { } fault)
        {
            logger.Unreadable(Id, fault);
            return SessionOutcome.Unavailable;
        }

        switch (await journal.AcquireToRunAsync(Id, limit, ct))
        {
            case LeaseOutcome.Acquired((var lease, var row)):
                // A code that waited when the process ended goes on waiting, not anew.
                var waitingSince = row.Status == SessionStates.Connecting ? row.UpdatedAt : time.GetUtcNow();
                _run = new SessionRun(clients, journal.OpenDevice(Id), journal, lease, row, ids, waitingSince + settings.SessionTimeout,
                    new MediaFetcher(media, files, journal, lease, logger), _uploads, Queue, SendNowAsync, new CallGuard(sessions, Id, time, logger), metrics,
                    time, logger);
                running.Add(Id);
                _run.Start();
                _watch = WatchAsync(_run);
                return SessionOutcome.Done;
            case LeaseOutcome.LimitReached:
                return SessionOutcome.LimitReached;
            default:
                return SessionOutcome.NotFound;
        }
    }

    private async Task WatchAsync(SessionRun run)
    {
        await run.Completion;
        await run.DisposeAsync();
        _run = null;
        running.Remove(Id);
        if (run.IsFenced)
            DeactivateOnIdle(); // fail whole: the next call builds a clean activation
    }

    private SendOutcome ToOutcome(SendResult result) => result switch
    {
        SendResult.Sent sent => new SendOutcome.Sent(sent.MessageId, sent.Timestamp),
        SendResult.NotOnWhatsApp => new SendOutcome.NotOnWhatsApp(),
        SendResult.NotAMember => new SendOutcome.NotAMember(),
        SendResult.TargetUnknown => new SendOutcome.TargetUnknown(),
        SendResult.Refused refused => new SendOutcome.Refused(refused.MessageId, refused.Code),
        SendResult.NotAcknowledged waiting => new SendOutcome.NotAcknowledged(waiting.MessageId),
        _ => new SendOutcome.NotConnected(StatusWhileAway),
    };

    /// <summary>Tells WhatsApp if it can be reached in time, and erases the keys in any case.</summary>
    private async Task<SessionOutcome> UnlinkAsync(CancellationToken ct)
    {
        if (await sessions.FindAsync(Id, ct) is not { } row)
            return SessionOutcome.NotFound;

        if (_run is null && row.IsPaired)
            await BeginAsync(NoLimit, ct);

        if (_run is { } run)
        {
            if (row.IsPaired && !await TellWhatsAppAsync(run, ct))
                logger.LogoutUnheard(Id);

            await run.StopAsync(report: null, ct);
            await _watch;
        }

        var end = new StateChanged(
            SessionState.LoggedOut, DisconnectReason.LoggedOutByUser, "Logged out by the user. Connect the session to link a phone again.");
        return await RecordAsync(end, new DeviceChanges().Erase(), ct);
    }

    private async Task<bool> TellWhatsAppAsync(SessionRun run, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(LogoutPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            if (!await run.WaitForConnectionAsync(either.Token) || run.Client is not { } client)
                return false;

            await client.LogoutAsync(either.Token);
            return true;
        }
        catch (Exception e) when (e is RecadoException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Writes the state, and what comes with it, of a session that is not running. A session that is in this state already keeps its reason.</summary>
    private async Task<SessionOutcome> RecordAsync(StateChanged change, DeviceChanges changes, CancellationToken ct)
    {
        if (await journal.AcquireAsync(Id, ct) is not var (lease, row))
            return SessionOutcome.NotFound;

        var (next, entries) = SessionTranslator.Translate(row, change, time.GetUtcNow());
        IReadOnlyList<JournalEntry> all = next.Status == row.Status ? [] : entries;
        if (changes.EraseAll)
            all = [.. all, .. await Queue.AbandonAsync(row, ct)];
        return await journal.CommitAsync(lease, changes, all, ct) ? SessionOutcome.Done : SessionOutcome.Unavailable;
    }

    private async Task<string?> FindFaultAsync(CancellationToken ct)
    {
        try
        {
            await journal.OpenDevice(Id).ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), ct);
            return null;
        }
        catch (StorageException e) when (!e.IsTransient)
        {
            return e.Message;
        }
    }

    private async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        return new Exit(_gate);
    }

    private sealed class Exit(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
