using Recado.Protocol.Binary;

namespace Recado.Simulator.Trace;

/// <summary>What went over the wire, decrypted, with notes. Holds the last <see cref="SimulatorOptions.TraceCapacity"/> lines. Thread-safe.</summary>
public sealed class ServiceTrace
{
    private const int MaxViolations = 1_000;

    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<TraceEntry> _entries = new();
    private readonly List<NoteEntry> _violations = [];
    private readonly List<Waiter> _waiters = [];
    private long _sequence;

    internal ServiceTrace(int capacity, TimeProvider time)
    {
        _capacity = capacity;
        _time = time;
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<TraceEntry> Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    /// <summary>Every violation of the protocol by a client; the first thousand are kept even when the trace has moved on.</summary>
    public IReadOnlyList<NoteEntry> Violations
    {
        get
        {
            lock (_gate)
                return [.. _violations];
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _violations.Clear();
        }
    }

    /// <summary>Waits for a line, past or to come.</summary>
    /// <param name="predicate">Says whether it is the one. Runs while the trace is locked: it must be quick and must not call back.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<TraceEntry> WaitForAsync(Func<TraceEntry, bool> predicate, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(predicate);

        lock (_gate)
        {
            if (_entries.FirstOrDefault(predicate) is { } past)
                return Task.FromResult(past);

            var waiter = new Waiter(predicate, new TaskCompletionSource<TraceEntry>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return WaitAsync(waiter, ct);
        }
    }

    /// <summary>Writes the trace as JSON lines.</summary>
    public async Task WriteAsync(Stream destination, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(destination);

        var entries = Entries;
        var start = entries.Count == 0 ? default : entries[0].Time;
        foreach (var entry in entries)
        {
            await destination.WriteAsync(TraceJson.Line(entry, start), ct);
        }
    }

    internal void Stanza(string connection, TraceDirection direction, Node node)
    {
        if (_capacity == 0)
            return;

        lock (_gate)
            Add(new StanzaEntry(++_sequence, _time.GetUtcNow(), connection, direction, node));
    }

    internal void Note(string connection, string text)
    {
        lock (_gate)
            Add(new NoteEntry(++_sequence, _time.GetUtcNow(), connection, text, IsViolation: false));
    }

    internal void Violation(string connection, string text)
    {
        lock (_gate)
        {
            var note = new NoteEntry(++_sequence, _time.GetUtcNow(), connection, text, IsViolation: true);
            if (_violations.Count < MaxViolations)
                _violations.Add(note);

            Add(note);
        }
    }

    private void Add(TraceEntry entry)
    {
        if (_capacity > 0)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > _capacity)
                _entries.Dequeue();
        }

        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (!_waiters[i].Predicate(entry))
                continue;

            _waiters[i].Found.TrySetResult(entry);
            _waiters.RemoveAt(i);
        }
    }

    private async Task<TraceEntry> WaitAsync(Waiter waiter, CancellationToken ct)
    {
        try
        {
            return await waiter.Found.Task.WaitAsync(ct);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    private sealed record Waiter(Func<TraceEntry, bool> Predicate, TaskCompletionSource<TraceEntry> Found);
}
