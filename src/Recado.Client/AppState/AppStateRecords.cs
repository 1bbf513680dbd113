using System.Buffers.Binary;
using Google.Protobuf;
using Recado.Client.Stores;
using Recado.Protocol.AppState;
using Recado.Protocol.Proto;

namespace Recado.Client.AppState;

/// <summary>What the device keeps of the account's settings: keys, versions with their hashes, and the MACs of all values.</summary>
internal sealed class AppStateRecords(DeviceState state)
{
    private const int MaxKeysPerShare = 1_000;

    private static readonly DeviceRecordKey ExpiredEpochKey = Keys.Setting("app_state_expired_epoch");

    /// <summary>All keys the phone has shared.</summary>
    public async ValueTask<AppStateKeyRing> ReadKeysAsync(CancellationToken ct)
    {
        var records = await state.ListAsync(DeviceRecordKind.Setting, Keys.AppStateKeyPrefix, ct).ConfigureAwait(false);
        return new(records
            .Select(record => AppStateKey.TryRead(Convert.FromHexString(record.Key.Id.AsSpan(Keys.AppStateKeyPrefix.Length)), record.Data))
            .OfType<AppStateKey>());
    }

    /// <summary>The number of the last key that is not to be used any more; null when there is none.</summary>
    public async ValueTask<uint?> ReadExpiredEpochAsync(CancellationToken ct) =>
        (await state.ReadAsync(ExpiredEpochKey, ct).ConfigureAwait(false)).Data is { Length: sizeof(uint) } data
            ? BinaryPrimitives.ReadUInt32BigEndian(data)
            : null;

    public static void WriteExpiredEpoch(DeviceTransaction device, uint epoch)
    {
        var data = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(data, epoch);
        device.Put(ExpiredEpochKey, data);
    }

    /// <summary>Stores the keys that the phone shares, but for those that are known in a newer form.</summary>
    /// <returns>The ids of all that were shared, in hexadecimal.</returns>
    public static async ValueTask<IReadOnlySet<string>> TakeKeysAsync(DeviceTransaction device, AppStateSyncKeyShare share, CancellationToken ct)
    {
        var shared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in share.Keys.Take(MaxKeysPerShare))
        {
            if (AppStateKey.TryRead(entry) is not { } key)
                continue;

            var id = Convert.ToHexStringLower(key.Id);
            shared.Add(id);
            var known = await device.ReadAsync(Keys.AppStateKey(id), ct).ConfigureAwait(false) is { } data ? AppStateKey.TryRead(key.Id, data) : null;
            if (known is null || known.Timestamp < key.Timestamp)
                device.Put(Keys.AppStateKey(id), entry.KeyData.ToByteArray());
            device.Delete(Keys.AppStateKeyAsked(id));
        }

        return shared;
    }

    /// <summary>Whether a collection has been fetched, be it empty.</summary>
    public async ValueTask<bool> HasVersionAsync(AppStateCollection collection, CancellationToken ct) =>
        (await state.ReadAsync(Keys.AppStateVersion(collection), ct).ConfigureAwait(false)).Data is not null;

    /// <summary>How far a collection is known.</summary>
    public async ValueTask<AppStateVersion> ReadVersionAsync(AppStateCollection collection, CancellationToken ct) =>
        (await state.ReadAsync(Keys.AppStateVersion(collection), ct).ConfigureAwait(false)).Data is { Length: > sizeof(ulong) } data
            ? new(BinaryPrimitives.ReadUInt64BigEndian(data), data[sizeof(ulong)..])
            : AppStateVersion.None;

    /// <summary>The MACs of the values of records, as far as they exist.</summary>
    public async ValueTask<IReadOnlyDictionary<string, byte[]>> ReadMacsAsync(
        AppStateCollection collection, IEnumerable<string> indexMacs, CancellationToken ct)
    {
        var macs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in indexMacs)
        {
            if ((await state.ReadAsync(Keys.AppStateMac(collection, name), ct).ConfigureAwait(false)).Data is { } mac)
                macs[name] = mac;
        }

        return macs;
    }

    /// <summary>Writes a collection's new version with all that belongs to it.</summary>
    /// <param name="device">The transaction.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="update">What has changed.</param>
    /// <param name="isWhole">Whether it replaces all that was known.</param>
    /// <param name="ct">Gives up.</param>
    public static async ValueTask WriteAsync(
        DeviceTransaction device, AppStateCollection collection, AppStateUpdate update, bool isWhole, CancellationToken ct)
    {
        if (isWhole)
        {
            foreach (var record in await device.ListAsync(DeviceRecordKind.AppStateMac, Keys.AppStateMacPrefix(collection), ct).ConfigureAwait(false))
                device.Delete(record.Key);
        }

        foreach (var (name, mac) in update.Macs)
        {
            if (mac is null)
                device.Delete(Keys.AppStateMac(collection, name));
            else
                device.Put(Keys.AppStateMac(collection, name), mac);
        }

        var data = new byte[sizeof(ulong) + update.State.Hash.Length];
        BinaryPrimitives.WriteUInt64BigEndian(data, update.State.Version);
        update.State.Hash.CopyTo(data, sizeof(ulong));
        device.Put(Keys.AppStateVersion(collection), data);
    }
}
