namespace Recado.Simulator.Phones;

/// <summary>A bounded list that grows at its end and can be waited on. Thread-safe.</summary>
internal sealed class Journal<T>(int capacity)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly LinkedList<T> _items = [];
    private readonly List<(Func<T, bool> Predicate, TaskCompletionSource<T> Found)> _waiters = [];

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
                return [.. _items];
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _items.AddLast(item);
            if (_items.Count > capacity)
                _items.RemoveFirst();

            foreach (var (_, found) in _waiters.Where(w => w.Predicate(item)))
            {
                found.TrySetResult(item);
            }

            _waiters.RemoveAll(w => w.Found.Task.IsCompleted);
        }
    }

    /// <summary>Replaces the items that match.</summary>
    public void Update(Func<T, bool> match, Func<T, T> update)
    {
        lock (_gate)
        {
            for (var at = _items.First; at is not null; at = at.Next)
            {
                if (match(at.Value))
                    at.Value = update(at.Value);
            }
        }
    }

    /// <summary>Waits for an item, past or to come.</summary>
    public async Task<T> WaitForAsync(Func<T, bool> predicate, CancellationToken ct)
    {
        var found = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_items.FirstOrDefault(predicate) is { } past)
                return past;

            _waiters.Add((predicate, found));
        }

        try
        {
            return await found.Task.WaitAsync(ct);
        }
        finally
        {
            lock (_gate)
                _waiters.RemoveAll(w => w.Found == found);
        }
    }
}
