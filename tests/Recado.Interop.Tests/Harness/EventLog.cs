namespace Recado.Interop.Tests.Harness;

/// <summary>
/// What another party reported. Every event is taken once, in any order, so a test waits for what it needs and never for time to pass.
/// Thread-safe.
/// </summary>
internal sealed class EventLog<T>(string owner)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly List<T> _waiting = [];
    private readonly List<string> _seen = [];
    private TaskCompletionSource _changed = NewSignal();
    private string? _end;

    /// <summary>Appends an event.</summary>
    public void Add(T item)
    {
        var text = item.ToString()!;
        lock (_gate)
        {
            _waiting.Add(item);
            _seen.Add(text.Length > 1_000 ? text[..1_000] + "…" : text);
            Pulse();
        }
    }

    /// <summary>Says that nothing will follow: whoever still waits fails with this reason.</summary>
    public void End(string reason)
    {
        lock (_gate)
        {
            _end ??= reason;
            Pulse();
        }
    }

    /// <summary>Takes the oldest event that matches, waiting for it if need be.</summary>
    /// <param name="wanted">What the test waits for, in words.</param>
    /// <param name="matches">Tells the event.</param>
    /// <param name="ct">Cancels waiting.</param>
    public async Task<T> TakeAsync(string wanted, Func<T, bool> matches, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Limits.Step);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var at = _waiting.FindIndex(e => matches(e));
                if (at >= 0)
                {
                    var item = _waiting[at];
                    _waiting.RemoveAt(at);
                    return item;
                }

                if (_end is not null)
                    throw new InvalidOperationException(Explain(wanted, _end));

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException(Explain(wanted, $"nothing came for {Limits.Step.TotalSeconds:0} s"), e);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Pulse()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private string Explain(string wanted, string reason)
    {
        lock (_gate)
            return $"{owner} never reported what the test waits for ({wanted}): {reason}. It reported:\n{string.Join('\n', _seen)}";
    }
}
