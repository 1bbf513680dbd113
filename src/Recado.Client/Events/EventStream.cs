using System.Runtime.CompilerServices;
using Recado.Client.Stores;

namespace Recado.Client.Events;

/// <summary>
/// Ordered hand-over of the device's steps to exactly one reader, in batches. Asking for the next batch acknowledges the previous one.
/// A reader that leaves without asking acknowledges nothing: the next reader gets the same batch again.
/// </summary>
/// <param name="capacity">How many steps may wait before <see cref="WaitForRoomAsync"/> does.</param>
/// <param name="settleAsync">Runs the consequences of acknowledged steps, in order. Must not throw.</param>
internal sealed class EventStream(int capacity, Func<IReadOnlyList<Publication>, ValueTask> settleAsync)
{
    private const int BatchLimit = 256;

    private readonly Lock _lock = new();
    private readonly Queue<Publication> _waiting = new();
    private readonly List<Publication> _taken = [];
    private EventBatch? _batch;
    private TaskCompletionSource? _arrived;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;
    private bool _claimed;
    private bool _completed;

    /// <summary>Whether somebody reads; without a reader nothing is ever acknowledged.</summary>
    public bool HasReader
    {
        get
        {
            lock (_lock)
                return _claimed;
        }
    }

    /// <summary>Steps that nobody has read yet.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>
    /// Completes when there is room for another step. Producers wait here before they change anything, never while they hold the device.
    /// </summary>
    public ValueTask WaitForRoomAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            return _waiting.Count < capacity || _completed ? ValueTask.CompletedTask : new((_room ??= NewSignal()).Task.WaitAsync(ct));
        }
    }

    /// <summary>Appends a step. Never waits: the bound is kept by <see cref="WaitForRoomAsync"/>.</summary>
    public void Publish(Publication step)
    {
        lock (_lock)
        {
            _waiting.Enqueue(step);
            Signal(ref _arrived);
        }
    }

    /// <summary>No more steps come; readers end after the last one.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Signal(ref _arrived);
            Signal(ref _room);
        }
    }

    /// <summary>Completes when everything published so far has been acknowledged.</summary>
    public Task WaitUntilDrainedAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            return _waiting.Count == 0 && _taken.Count == 0 ? Task.CompletedTask : (_drained ??= NewSignal()).Task.WaitAsync(ct);
        }
    }

    /// <summary>The one reader's view.</summary>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public async IAsyncEnumerable<EventBatch> ReadAllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        lock (_lock)
        {
            if (_claimed)
                throw new InvalidOperationException(
                    "This session's events already have a reader; share that reader instead of opening a second one.");

            _claimed = true;
        }

        try
        {
            while (await TakeAsync(ct).ConfigureAwait(false) is { } batch)
            {
                yield return batch;
                await AcknowledgeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock)
                _claimed = false;
        }
    }

    private async ValueTask<EventBatch?> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            Task? arrived = null;
            lock (_lock)
            {
                ct.ThrowIfCancellationRequested();
                if (_batch is null)
                    FillBatch();
                if (_batch is { } ready && (ready.Events.Count > 0 || !ready.Changes.IsEmpty))
                    return ready;
                if (_batch is null && _completed)
                    return null;

                if (_batch is null)
                    arrived = (_arrived ??= NewSignal()).Task;
            }

            if (arrived is null)
                await AcknowledgeAsync().ConfigureAwait(false); // only consequences, nothing to save: the reader need not see it
            else
                await arrived.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    private void FillBatch()
    {
        if (_waiting.Count == 0)
            return;

        var events = new List<ClientEvent>();
        var changes = new DeviceChanges();
        while (_waiting.TryPeek(out var next)
            && (_taken.Count == 0 || (_taken.Count < BatchLimit && events.Count + next.Events.Count <= BatchLimit)))
        {
            _waiting.Dequeue();
            _taken.Add(next);
            events.AddRange(next.Events);
            changes.Append(next.Changes);
        }

        _batch = new(events, changes);
        if (_waiting.Count < capacity)
            Signal(ref _room);
    }

    private async ValueTask AcknowledgeAsync()
    {
        // _taken belongs to the one reader from here to the clear; producers only append to _waiting.
        await settleAsync(_taken).ConfigureAwait(false);
        lock (_lock)
        {
            _taken.Clear();
            _batch = null;
            if (_waiting.Count == 0)
                Signal(ref _drained);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }
}
