using System.Text.Json;

namespace Recado.Interop.Tests.Harness;

/// <summary>
/// What another program reported, as JSON objects with a name. Every event is taken once, in any order, so a test waits for what it
/// needs and never for time to pass. Thread-safe.
/// </summary>
internal sealed class EventLog(string owner, string nameProperty)
{
    /// <summary>Far more than any step needs, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<JsonElement> _waiting = [];
    private readonly List<string> _seen = [];
    private TaskCompletionSource _changed = NewSignal();
    private string? _end;

    /// <summary>Appends an event.</summary>
    public void Add(JsonElement item)
    {
        lock (_gate)
        {
            _waiting.Add(item);
            _seen.Add(item.GetRawText() is { Length: > 300 } text ? text[..300] + "…" : item.GetRawText());
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

    /// <summary>Takes the oldest event with this name that matches, waiting for it if need be.</summary>
    public async Task<JsonElement> TakeAsync(string name, Func<JsonElement, bool>? matches, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var at = _waiting.FindIndex(e => e.GetProperty(nameProperty).ValueEquals(name) && matches?.Invoke(e) != false);
                if (at >= 0)
                {
                    var item = _waiting[at];
                    _waiting.RemoveAt(at);
                    return item;
                }

                if (_end is not null)
                    throw new InvalidOperationException(Explain(name, _end));

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException(Explain(name, $"nothing came for {Patience.TotalSeconds:0} s"), e);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Pulse()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private string Explain(string name, string reason)
    {
        lock (_gate)
            return $"{owner} never reported the '{name}' that the test waits for: {reason}. It reported:\n{string.Join('\n', _seen)}";
    }
}
