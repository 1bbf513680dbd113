namespace Recado.Client.Stores;

/// <summary>
/// The records of one device. Everything in it is secret: an implementation encrypts <see cref="DeviceRecord.Data"/>, bound to its key.
/// Calls may come from any thread, and reads while a commit is under way see the state before or after it, never half.
/// A failure is thrown; the client then ends its connection (<see cref="Events.DisconnectReason.StorageFailed"/>), has sent nothing that was
/// not saved, and tries again.
/// </summary>
public interface IDeviceStore
{
    /// <summary>The record's data, or null if there is none or it has expired.</summary>
    ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct);

    /// <summary>All records of a kind whose id begins with <paramref name="idPrefix"/>, ordered by id, ordinal.</summary>
    ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct);

    /// <summary>
    /// Writes all changes or none. Only called by <see cref="WhatsAppClient.ReadEventsAsync"/>; a reader of batches writes by its own
    /// means.
    /// </summary>
    ValueTask CommitAsync(DeviceChanges changes, CancellationToken ct);
}
