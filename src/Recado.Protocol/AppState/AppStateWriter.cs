using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>Makes the patch that a device uploads.</summary>
public static class AppStateWriter
{
    /// <summary>The MAC by which a record is known under a key, in lower-case hexadecimal.</summary>
    public static string IndexMac(AppStateKeyRing ring, AppStateKey key, IReadOnlyList<string> index)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(index);
        return Convert.ToHexStringLower(
            System.Security.Cryptography.HMACSHA256.HashData(ring.Expand(key.Id).Index, AppStateIndex.Serialize(index)));
    }

    /// <summary>Makes a patch. It carries no version: the request says which one it follows.</summary>
    /// <param name="collection">The collection; all mutations belong to it.</param>
    /// <param name="state">What is known of it, which must be all there is.</param>
    /// <param name="mutations">What to change; each record at most once.</param>
    /// <param name="known">The MACs of the present values of those records that exist, by <see cref="IndexMac"/>.</param>
    /// <param name="ring">The keys.</param>
    /// <param name="key">The key to write with.</param>
    /// <param name="random">Where IVs come from.</param>
    /// <returns>The patch, and what it changes once the service has taken it.</returns>
    public static (SyncdPatch Patch, AppStateUpdate Update) Build(
        AppStateCollection collection,
        AppStateVersion state,
        IReadOnlyList<AppStateMutation> mutations,
        IReadOnlyDictionary<string, byte[]> known,
        AppStateKeyRing ring,
        AppStateKey key,
        IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(mutations);
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(key);
        var keys = ring.Expand(key.Id);
        var patch = new SyncdPatch { KeyId = new() { Id = ByteString.CopyFrom(key.Id) } };
        patch.Mutations.AddRange(mutations.Select(mutation => MutationCipher.Encrypt(keys, mutation, random)));

        var (next, macs) = AppStateReader.Advance(state, patch.Mutations, known);
        if (macs.Count != mutations.Count)
            throw new ArgumentException("A patch changes each record once.", nameof(mutations));

        var snapshotMac = AppStateMacs.Snapshot(keys, next, collection);
        var valueMacs = patch.Mutations.Select(mutation => MutationCipher.ValueMacOf(mutation.Record));
        patch.SnapshotMac = ByteString.CopyFrom(snapshotMac);
        patch.PatchMac = ByteString.CopyFrom(AppStateMacs.Patch(keys, snapshotMac, valueMacs, next.Version, collection));
        return (patch, new(next, macs, mutations));
    }
}
