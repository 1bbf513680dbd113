using Recado.Client.Events;

namespace Recado.Client.Stores;

/// <summary>
/// The device's records as the client sees them: what is saved, overlaid by what is published but not yet acknowledged.
/// One transaction at a time changes them, and hands its changes to the event stream before the next one begins, so the order of
/// changes is the order of publication. Acknowledged entries of the hot kinds stay as a small cache.
/// </summary>
internal sealed class DeviceState(IDeviceStore store, EventStream stream)
{
    private const int CacheLimit = 48;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceRecordKey, Entry> _overlay = [];
    private readonly LinkedList<DeviceRecordKey> _saved = new(); // least recently used first
    private readonly long[] _versions = new long[Enum.GetValues<DeviceRecordKind>().Length];
    private long _lastNumber;
    private long _eraseNumber; // while > 0 the store's content is void: an erasure is on its way to it

    /// <summary>Waits for room in the stream and for the previous transaction, then begins the next.</summary>
    public async ValueTask<DeviceTransaction> BeginAsync(CancellationToken ct)
    {
        await stream.WaitForRoomAsync(ct).ConfigureAwait(false);
        return await BeginNowAsync(ct).ConfigureAwait(false);
    }

    /// <summary>As <see cref="BeginAsync"/> without waiting for a slow reader: for the few steps that must not be held up.</summary>
    public async ValueTask<DeviceTransaction> BeginNowAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        return new(this);
    }

    /// <summary>The record's bytes and, if the cache holds it, its parsed form.</summary>
    public async ValueTask<(byte[]? Data, object? Value)> ReadAsync(DeviceRecordKey key, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_overlay.TryGetValue(key, out var entry))
            {
                Touch(entry);
                return (entry.Data, entry.Value);
            }

            if (_eraseNumber > 0)
                return default;
        }

        var data = await ReadStoreAsync(() => store.ReadAsync(key, ct)).ConfigureAwait(false);
        if (IsHot(key.Kind))
        {
            lock (_lock)
            {
                if (_overlay.TryAdd(key, new(key, data, null, 0)))
                    Keep(_overlay[key]);
            }
        }

        return (data, null);
    }

    /// <summary>Counts the changes of a kind of record, so that what was derived from them can be kept for as long as none changes.</summary>
    public long VersionOf(DeviceRecordKind kind)
    {
        lock (_lock)
            return _versions[(int)kind];
    }

    /// <summary>Remembers the parsed form of a record that was just read, so that the next reader need not parse it.</summary>
    public void Remember(DeviceRecordKey key, byte[] data, object value)
    {
        lock (_lock)
        {
            if (_overlay.TryGetValue(key, out var entry) && ReferenceEquals(entry.Data, data))
                entry.Value = value;
        }
    }

    /// <summary>All records of a kind, ordered by id.</summary>
    public async ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct)
    {
        var records = new SortedDictionary<string, DeviceRecord>(StringComparer.Ordinal);
        List<Entry> pending; // taken before the store is asked: what is acknowledged meanwhile is in the store's answer
        bool erased;
        lock (_lock)
        {
            pending =
            [
                .. _overlay.Values.Where(entry =>
                    entry.Number > 0 && entry.Key.Kind == kind && entry.Key.Id.StartsWith(idPrefix ?? "", StringComparison.Ordinal)),
            ];
            erased = _eraseNumber > 0;
        }

        if (!erased)
        {
            foreach (var record in await ReadStoreAsync(() => store.ListAsync(kind, idPrefix, ct)).ConfigureAwait(false))
                records[record.Key.Id] = record;
        }

        foreach (var entry in pending)
        {
            if (entry.Data is { } data)
                records[entry.Key.Id] = new(entry.Key, data);
            else
                records.Remove(entry.Key.Id);
        }

        return [.. records.Values];
    }

    /// <summary>The reader has saved these steps.</summary>
    public void MarkSaved(IReadOnlyList<Publication> steps)
    {
        lock (_lock)
        {
            foreach (var step in steps)
            {
                if (_eraseNumber == step.Number)
                    _eraseNumber = 0;

                foreach (var key in step.Changes.Keys)
                {
                    if (!_overlay.TryGetValue(key, out var entry) || entry.Number != step.Number)
                        continue;

                    entry.Number = 0;
                    if (IsHot(key.Kind))
                        Keep(entry);
                    else
                        _overlay.Remove(key);
                }
            }
        }
    }

    internal Publication Publish(DeviceTransaction transaction, Action? onDurable)
    {
        Publication step;
        lock (_lock)
        {
            step = new(++_lastNumber, transaction.Events, transaction.Changes, transaction.Packets, onDurable);
            if (step.Changes.EraseAll)
            {
                _overlay.Clear();
                _saved.Clear();
                _eraseNumber = step.Number;
                for (var kind = 0; kind < _versions.Length; kind++)
                    _versions[kind]++;
            }

            foreach (var key in step.Changes.Keys)
            {
                step.Changes.TryGet(key, out var record);
                _versions[(int)key.Kind]++;
                if (_overlay.Remove(key, out var old) && old.Node is { } node)
                    _saved.Remove(node);

                _overlay[key] = new(key, record?.Data, record is null ? null : transaction.ValueOf(key), step.Number);
            }
        }

        stream.Publish(step);
        return step;
    }

    internal void End() => _gate.Release();

    private static bool IsHot(DeviceRecordKind kind) =>
        kind
            is DeviceRecordKind.Session
                or DeviceRecordKind.Identity
                or DeviceRecordKind.SenderKey
                or DeviceRecordKind.LidByPhone
                or DeviceRecordKind.PhoneByLid
                or DeviceRecordKind.DeviceList
                or DeviceRecordKind.ContactName;

    private static async ValueTask<T> ReadStoreAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            throw new StoreException(cause);
        }
    }

    private void Keep(Entry entry)
    {
        entry.Node = _saved.AddLast(entry.Key);
        while (_saved.Count > CacheLimit)
        {
            _overlay.Remove(_saved.First!.Value);
            _saved.RemoveFirst();
        }
    }

    private void Touch(Entry entry)
    {
        if (entry.Node is not { } node)
            return;

        _saved.Remove(node);
        _saved.AddLast(node);
    }

    private sealed class Entry(DeviceRecordKey key, byte[]? data, object? value, long number)
    {
        public DeviceRecordKey Key { get; } = key;

        public byte[]? Data { get; } = data;

        public object? Value { get; set; } = value;

        /// <summary>The step that wrote it; 0 once that is saved.</summary>
        public long Number { get; set; } = number;

        public LinkedListNode<DeviceRecordKey>? Node { get; set; }
    }
}
