using Microsoft.Extensions.Logging;
using Recado.Simulator.Service;

namespace Recado.Simulator.State;

/// <summary>
/// Writes the state a moment after it has changed, so that a flood of messages costs one write. What a pairing would be lost without
/// is written at once, by <see cref="Checkpoint"/>.
/// </summary>
internal sealed class StateKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    private readonly Exchange _exchange;
    private readonly StateFile _file;
    private readonly Func<bool, ServiceState> _snapshot;
    private readonly ILogger _logger;
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private long _written = -1;

    /// <param name="exchange">Whose changes are watched.</param>
    /// <param name="file">Where the state goes.</param>
    /// <param name="snapshot">Takes the state under the exchange's lock; told whether it is the last one of an orderly stop.</param>
    /// <param name="logger">Hears of failed writes.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public StateKeeper(Exchange exchange, StateFile file, Func<bool, ServiceState> snapshot, ILogger logger)
    {
        (_exchange, _file, _snapshot, _logger) = (exchange, file, snapshot, logger);
        Save();
        _loop = Task.Run(WatchAsync);
    }

    /// <summary>Writes the state now. A failure is logged, and tried again with the next change.</summary>
    public void Checkpoint() => TrySave(isLast: false);

    /// <summary>Writes the state now.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(bool isLast = false)
    {
        var (state, version) = _exchange.Read(() => (_snapshot(isLast), _exchange.Version));
        lock (_writing)
        {
            // A snapshot that was overtaken by a checkpoint must not undo it.
            if (version < _written)
                return;

            _file.Write(state);
            Interlocked.Exchange(ref _written, version);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
        TrySave(isLast: true);
    }

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Delay, _exchange.Options.Time);
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (_exchange.Read(() => _exchange.Version) != Interlocked.Read(ref _written))
                    TrySave(isLast: false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the service stops
        }
    }

    private void TrySave(bool isLast)
    {
        try
        {
            Save(isLast);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.StateNotWritten(e, _file.Path);
        }
    }
}
