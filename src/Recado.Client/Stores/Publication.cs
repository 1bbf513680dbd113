using Recado.Client.Events;

namespace Recado.Client.Stores;

/// <summary>
/// One step of the device on its way out: what happened, what to save for it, and what may be sent once it is saved.
/// Steps leave in the order in which they changed the device.
/// </summary>
internal sealed class Publication(
    long number,
    IReadOnlyList<ClientEvent> events,
    DeviceChanges changes,
    IReadOnlyList<PendingPacket> packets,
    Action? onDurable)
{
    private TaskCompletionSource? _durable;
    private bool _isDurable;

    public long Number { get; } = number;

    public IReadOnlyList<ClientEvent> Events { get; } = events;

    public DeviceChanges Changes { get; } = changes;

    /// <summary>Encoded stanzas that wait for this step to be saved.</summary>
    public IReadOnlyList<PendingPacket> Packets { get; } = packets;

    /// <summary>Completes when the reader has acknowledged the step.</summary>
    public Task WaitUntilDurableAsync(CancellationToken ct)
    {
        lock (Changes)
        {
            if (_isDurable)
                return Task.CompletedTask;

            _durable ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _durable.Task.WaitAsync(ct);
        }
    }

    public void MarkDurable()
    {
        lock (Changes)
        {
            _isDurable = true;
            _durable?.TrySetResult();
        }

        onDurable?.Invoke();
    }
}

/// <summary>
/// An encoded stanza for one particular connection. When that connection is gone the stanza is void: the service repeats its part.
/// </summary>
internal readonly record struct PendingPacket(Connection.IPacketSink Sink, byte[] Packet);
