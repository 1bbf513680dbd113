namespace Recado.Simulator.Faults;

/// <summary>The faults to come, each used up by the events it hits. Thread-safe.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    /// <summary>The faults that have not happened yet.</summary>
    public IReadOnlyList<Fault> Pending
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>Plans a fault.</summary>
    public void Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(fault.Count, 1, nameof(fault));

        lock (_gate)
            _faults.Add(fault);
    }

    /// <summary>Forgets every planned fault.</summary>
    public void Clear()
    {
        lock (_gate)
            _faults.Clear();
    }

    /// <summary>The oldest fault of a kind that hits an account, with one of its times used up; <see langword="null"/> when there is none.</summary>
    internal Fault? Take(FaultKind kind, string? phone, string? xmlns = null)
    {
        lock (_gate)
        {
            if (_faults.Count == 0)
                return null;

            var at = _faults.FindIndex(f => f.Kind == kind && (f.Phone is null || f.Phone == phone) && (f.Xmlns is null || f.Xmlns == xmlns));
            if (at < 0)
                return null;

            var fault = _faults[at];
            if (fault.Count > 1)
                _faults[at] = fault with { Count = fault.Count - 1 };
            else
                _faults.RemoveAt(at);

            return fault;
        }
    }
}
