using Microsoft.Extensions.Time.Testing;

namespace Recado.Client.Tests.Sessions;

/// <summary>A clock that stands until a test moves it, and tells which timers have been started, so that none is overtaken.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(TimeProvider.System.GetUtcNow())
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _started = [];
    private readonly List<(TimeSpan DueTime, int Count, TaskCompletionSource Reached)> _waiting = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _started.Add(dueTime);
            foreach (var (_, _, reached) in _waiting.Where(waiter => CountOf(waiter.DueTime) >= waiter.Count))
                reached.TrySetResult();
        }

        return timer;
    }

    /// <summary>Waits until so many timers of this length have been started.</summary>
    public Task StartedAsync(TimeSpan dueTime, int count, CancellationToken ct)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (CountOf(dueTime) >= count)
                reached.SetResult();
            _waiting.Add((dueTime, count, reached));
            return reached.Task.WaitAsync(ct);
        }
    }

    private int CountOf(TimeSpan dueTime) => _started.Count(started => started == dueTime);
}
