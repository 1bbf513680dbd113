using Recado.Client.Connection;
using Recado.Client.Events;
using Recado.Protocol.Binary;

namespace Recado.Client.Stores;

/// <summary>
/// One step of the device, alone with it until disposed. Nothing it wrote counts until <see cref="Publish(Action?)"/>; disposed without
/// that, it never was.
/// </summary>
internal sealed class DeviceTransaction(DeviceState state) : IDisposable
{
    private readonly Dictionary<DeviceRecordKey, object> _values = [];
    private bool _ended;

    public List<ClientEvent> Events { get; } = [];

    public DeviceChanges Changes { get; } = new();

    public List<PendingPacket> Packets { get; } = [];

    public async ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct) =>
        Changes.TryGet(key, out var record) ? record?.Data : (await state.ReadAsync(key, ct).ConfigureAwait(false)).Data;

    /// <summary>Reads a record in its parsed form, parsing it at most once as long as it stays in the cache.</summary>
    public async ValueTask<T?> ReadAsync<T>(DeviceRecordKey key, Func<byte[], T> parse, CancellationToken ct)
        where T : class
    {
        if (Changes.TryGet(key, out var record))
            return record is null ? null
                : _values.TryGetValue(key, out var written) ? (T)written
                : parse(record.Data);

        var (data, value) = await state.ReadAsync(key, ct).ConfigureAwait(false);
        if (data is null || value is T)
            return value as T;

        var parsed = parse(data);
        state.Remember(key, data, parsed);
        return parsed;
    }

    /// <summary>All records of a kind, with this transaction's own changes.</summary>
    public async ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct)
    {
        var listed = await state.ListAsync(kind, idPrefix, ct).ConfigureAwait(false);
        var own = Changes.Puts.Where(record =>
            record.Key.Kind == kind && record.Key.Id.StartsWith(idPrefix ?? "", StringComparison.Ordinal));
        return
        [
            .. listed
                .Where(record => !Changes.TryGet(record.Key, out _))
                .Concat(own)
                .OrderBy(record => record.Key.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Inserts or replaces a record. <paramref name="value"/> is its parsed form, if a later reader will want it.</summary>
    public void Put(DeviceRecordKey key, byte[] data, object? value = null, DateTimeOffset? expiresAt = null)
    {
        Changes.Put(new(key, data, expiresAt));
        if (value is null)
            _values.Remove(key);
        else
            _values[key] = value;
    }

    public void Delete(DeviceRecordKey key)
    {
        Changes.Delete(key);
        _values.Remove(key);
    }

    /// <summary>Sends the stanza once this step is saved, if the connection still lives then.</summary>
    public void Send(IPacketSink sink, Node stanza) => Packets.Add(new(sink, NodeCodec.Encode(stanza)));

    /// <summary>
    /// Makes the step count and hands it to the reader. <paramref name="onDurable"/> runs once it is saved; it must not wait or throw.
    /// </summary>
    public Publication Publish(Action? onDurable = null)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        var step = state.Publish(this, onDurable);
        Dispose();
        return step;
    }

    public void Dispose()
    {
        if (_ended)
            return;

        _ended = true;
        state.End();
    }

    internal object? ValueOf(DeviceRecordKey key) => _values.GetValueOrDefault(key);
}
