namespace Recado.Simulator.Trace;

/// <summary>What went over the wire, decrypted, with notes. Holds the last <see cref="SimulatorOptions.TraceCapacity"/> lines. Thread-safe.</summary>
public sealed class ServiceTrace
{
    internal ServiceTrace()
    {
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<TraceEntry> Entries => throw new NotSupportedException();

    /// <summary>Every violation of the protocol by a client; the first thousand are kept even when the trace has moved on.</summary>
    public IReadOnlyList<NoteEntry> Violations => throw new NotSupportedException();

    /// <summary>Forgets everything.</summary>
    public void Clear() => throw new NotSupportedException();

    /// <summary>Waits for a line, past or to come.</summary>
    public Task<TraceEntry> WaitForAsync(Func<TraceEntry, bool> predicate, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Writes the trace as JSON lines.</summary>
    public Task WriteAsync(Stream destination, CancellationToken ct) => throw new NotSupportedException();
}
