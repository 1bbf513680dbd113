namespace Recado.Client.Stores;

/// <summary>
/// Changes of a device's records, to be written all or none. Of several writes to one key the last counts. Apply in this order:
/// erase everything if <see cref="EraseAll"/>, then deletes and puts, whose keys never overlap. Not thread-safe while it is being filled.
/// </summary>
public sealed class DeviceChanges
{
    private readonly Dictionary<DeviceRecordKey, DeviceRecord?> _byKey = [];

    /// <summary>No changes.</summary>
    public static DeviceChanges Empty => new();

    /// <summary>Whether all records of the device go first: the session was logged out.</summary>
    public bool EraseAll { get; private set; }

    /// <summary>Records to insert or replace.</summary>
    public IReadOnlyCollection<DeviceRecord> Puts => [.. _byKey.Values.OfType<DeviceRecord>()];

    /// <summary>Keys to remove; they need not exist.</summary>
    public IReadOnlyCollection<DeviceRecordKey> Deletes => [.. _byKey.Where(entry => entry.Value is null).Select(entry => entry.Key)];

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => !EraseAll && _byKey.Count == 0;

    /// <summary>Every key that is written or removed.</summary>
    internal IReadOnlyCollection<DeviceRecordKey> Keys => _byKey.Keys;

    /// <summary>Inserts or replaces a record.</summary>
    public DeviceChanges Put(DeviceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _byKey[record.Key] = record;
        return this;
    }

    /// <summary>Removes a record.</summary>
    public DeviceChanges Delete(DeviceRecordKey key)
    {
        _byKey[key] = null;
        return this;
    }

    /// <summary>Removes all records, including those put so far.</summary>
    public DeviceChanges Erase()
    {
        _byKey.Clear();
        EraseAll = true;
        return this;
    }

    /// <summary>Adds later changes to these.</summary>
    public DeviceChanges Append(DeviceChanges later)
    {
        ArgumentNullException.ThrowIfNull(later);
        if (later.EraseAll)
            Erase();

        foreach (var (key, record) in later._byKey)
            _byKey[key] = record;

        return this;
    }

    /// <summary>Whether these changes touch a key; <paramref name="record"/> is null when they remove it.</summary>
    internal bool TryGet(DeviceRecordKey key, out DeviceRecord? record) => _byKey.TryGetValue(key, out record);
}
