using Recado.Client.Stores;

namespace Recado.Client.Events;

/// <summary>
/// Events together with the changes of the device's keys that they rest on. Save both in one transaction, then ask for the next batch:
/// asking is the acknowledgement, and only then does anything that depends on the batch reach the network. May be empty of either, never
/// of both.
/// </summary>
/// <param name="Events">In the order they happened; at most 256 unless a single step made more.</param>
/// <param name="Changes">What to write to the device's store.</param>
public sealed record EventBatch(IReadOnlyList<ClientEvent> Events, DeviceChanges Changes);
