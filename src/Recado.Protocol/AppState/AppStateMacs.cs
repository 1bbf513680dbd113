using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recado.Protocol.AppState;

/// <summary>The MACs over a whole collection. Version and name are covered by both, so neither can be exchanged.</summary>
internal static class AppStateMacs
{
    public const int Length = 32;

    /// <summary><c>HMAC-SHA256(key, hash ‖ u64 version ‖ name)</c>, big-endian.</summary>
    public static byte[] Snapshot(AppStateKeys keys, AppStateVersion state, AppStateCollection collection)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.SnapshotMac);
        mac.AppendData(state.Hash);
        return Finish(mac, state.Version, collection);
    }

    /// <summary><c>HMAC-SHA256(key, snapshot MAC ‖ value MACs in order ‖ u64 version ‖ name)</c>, big-endian.</summary>
    public static byte[] Patch(
        AppStateKeys keys, ReadOnlySpan<byte> snapshotMac, IEnumerable<byte[]> valueMacs, ulong version, AppStateCollection collection)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.PatchMac);
        mac.AppendData(snapshotMac);
        foreach (var valueMac in valueMacs)
            mac.AppendData(valueMac);

        return Finish(mac, version, collection);
    }

    private static byte[] Finish(IncrementalHash mac, ulong version, AppStateCollection collection)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(number, version);
        mac.AppendData(number);
        mac.AppendData(Encoding.UTF8.GetBytes(collection.ToName()));
        return mac.GetHashAndReset();
    }
}
