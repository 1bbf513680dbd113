using Recado.Client;
using Recado.Protocol.Pairing;
using Recado.Server.Features.Media;
using Recado.Server.Features.Telemetry;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <param name="Round">Time between two looks at what ought to run.</param>
/// <param name="Ramp">Time between two sessions that start, so that a thousand of them do not knock at WhatsApp's door at once.</param>
internal sealed record SupervisorPace(TimeSpan Round, TimeSpan Ramp)
{
    public static SupervisorPace Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(50));
}

/// <summary>
/// Sees to it that every session that ought to run does: at the start, after a fault, when a newer WhatsApp Web version is set.
/// Clears what has expired. When the process ends it closes the sessions before anything else stops.
/// </summary>
internal sealed class SessionSupervisor(
    IGrainFactory grains, ISessionStore sessions, ISessionJournal journal, IStorageUpkeep upkeep, IMessageQueue queue,
    IMediaStore media, MediaFiles files, RunningSessions running, SessionMetrics metrics,
    IWebVersionSource version, IHostApplicationLifetime lifetime, SupervisorPace pace, TimeProvider time, ILogger<SessionSupervisor> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromHours(1), EventLifetime = TimeSpan.FromDays(14), UnusedFileLifetime = TimeSpan.FromDays(1),
        AuditLifetime = TimeSpan.FromDays(90);

    /// <summary>Leaves the rest of the shutdown's ten seconds to open requests and the database.</summary>
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource _closing = new();
    private readonly HashSet<Guid> _unreadable = [];
    private bool _hasNamedUnreadable;
    private Task _loop = Task.CompletedTask;
    private WebVersion? _version;
    private DateTimeOffset _nextUpkeep;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // After everything has started: a simulator on our own port must be there before its clients.
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        running.IsClosing = true;
        await _closing.CancelAsync();
        await _loop;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ClosingPatience);
        var ids = running.Ids;
        logger.Closing(ids.Count);
        await Task.WhenAll(ids.Select(id => SuspendAsync(id, patience.Token)));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _closing.Dispose();

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(pace.Round, time);
            do
            {
                await RunRoundAsync();
            }
            while (await timer.WaitForNextTickAsync(_closing.Token));
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception e)
        {
            logger.SupervisorFailed(e);
            lifetime.StopApplication(); // without its supervisor the process would only seem to work; let the service manager start a new one
        }
    }

    private async Task RunRoundAsync()
    {
        try
        {
            if (!_hasNamedUnreadable)
                await NameUnreadableAsync();
            var waiting = await sessions.ListByStateAsync(SessionStates.Running, _closing.Token);
            var failed = await sessions.ListByStateAsync([SessionStates.Error], _closing.Token);
            await ResumeAsync([
                .. waiting.Where(row => !running.Contains(row.Id)),
                .. failed.Where(row => SessionTranslator.Faults.Contains(row.ReasonCode)),
            ]);
            await RetryOutdatedAsync([.. failed.Where(row => row.ReasonCode == SessionTranslator.Outdated)]);
            await RemoveExpiredAsync();
            metrics.SetStates(await sessions.CountByStateAsync(_closing.Token));
        }
        catch (Exception e) when (e is StorageException or IOException) // the database, or the store of files
        {
            logger.UpkeepFailed(e);
        }
    }

    private async Task NameUnreadableAsync()
    {
        foreach (var (id, reason) in await journal.FindUnreadableAsync(_closing.Token))
        {
            logger.Unreadable(id, reason);
            _unreadable.Add(id);
        }

        _hasNamedUnreadable = true;
    }

    private async Task ResumeAsync(IReadOnlyList<SessionRow> rows)
    {
        var due = rows.Where(row => !_unreadable.Contains(row.Id)).ToList();
        if (due.Count > 0)
            logger.Resuming(due.Count);

        foreach (var row in due)
        {
            try
            {
                await grains.Session(row.Id).ResumeAsync(_closing.Token);
            }
            catch (Exception e) when (e is not OperationCanceledException || !_closing.IsCancellationRequested)
            {
                logger.ResumeFailed(e, row.Id);
            }

            await Task.Delay(pace.Ramp, time, _closing.Token);
        }
    }

    /// <summary>Sessions that WhatsApp refused as too old try again as soon as another version is set, and once at each start.</summary>
    private async Task RetryOutdatedAsync(IReadOnlyList<SessionRow> outdated)
    {
        var now = await version.GetAsync(_closing.Token);
        if (now == _version)
            return;

        _version = now;
        if (outdated.Count > 0)
            logger.VersionChanged(now.ToString(), outdated.Count);

        await ResumeAsync(outdated);
    }

    private async Task RemoveExpiredAsync()
    {
        var now = time.GetUtcNow();
        if (now < _nextUpkeep)
            return;

        _nextUpkeep = now + UpkeepInterval;
        await upkeep.RemoveExpiredAsync(now - EventLifetime, now - AuditLifetime, _closing.Token);
        foreach (var id in await queue.ListOverdueAsync(_closing.Token))
            await grains.Session(id).ExpireQueueAsync(_closing.Token);
        await files.RemoveUnusedAsync(media, now - UnusedFileLifetime, _closing.Token);
    }

    private async Task SuspendAsync(Guid id, CancellationToken ct)
    {
        try
        {
            await grains.Session(id).SuspendAsync(ct);
        }
        catch (Exception e)
        {
            logger.CloseFailed(e, id);
        }
    }
}
