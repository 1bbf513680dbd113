namespace Recado.Client.Stores;

/// <summary>Keeps a device in memory: for tests and trials. The pairing ends with the process. Thread-safe.</summary>
/// <param name="time">Decides what has expired; the system's clock by default.</param>
public sealed class InMemoryDeviceStore(TimeProvider? time = null) : IDeviceStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceRecordKey, DeviceRecord> _records = [];
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct)
    {
        lock (_lock)
            return ValueTask.FromResult(_records.TryGetValue(key, out var record) && IsAlive(record) ? record.Data : null);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<DeviceRecord>>([
                .. _records
                    .Values.Where(record =>
                        record.Key.Kind == kind && record.Key.Id.StartsWith(idPrefix ?? "", StringComparison.Ordinal) && IsAlive(record))
                    .OrderBy(record => record.Key.Id, StringComparer.Ordinal),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(DeviceChanges changes, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(changes);
        lock (_lock)
        {
            if (changes.EraseAll)
                _records.Clear();
            foreach (var key in changes.Deletes)
                _records.Remove(key);
            foreach (var record in changes.Puts)
                _records[record.Key] = record;
        }

        return ValueTask.CompletedTask;
    }

    private bool IsAlive(DeviceRecord record) => record.ExpiresAt is not { } end || end > _time.GetUtcNow();
}
