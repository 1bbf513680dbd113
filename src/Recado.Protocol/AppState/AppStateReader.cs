using System.Security.Cryptography;
using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>
/// Applies what the service gives to what a device knows. Everything is verified before anything of it counts: what is wrong once is wrong
/// for ever after, so nothing is ever skipped.
/// </summary>
public static class AppStateReader
{
    /// <summary>The most records that a snapshot may have, and mutations that a patch may have.</summary>
    public const int MaxRecords = 100_000;

    /// <exception cref="ProtocolException">It is none (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static SyncdSnapshot ParseSnapshot(ReadOnlySpan<byte> protobuf) => Parse(SyncdSnapshot.Parser, protobuf, "snapshot");

    /// <exception cref="ProtocolException">It is none (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static SyncdPatch ParsePatch(ReadOnlySpan<byte> protobuf) => Parse(SyncdPatch.Parser, protobuf, "patch");

    /// <summary>Puts the mutations that lay on the media hosts into their patch.</summary>
    /// <exception cref="ProtocolException">They are none (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static SyncdPatch WithMutations(SyncdPatch patch, ReadOnlySpan<byte> protobuf)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var external = Parse(SyncdMutations.Parser, protobuf, "list of mutations");
        if (external.Mutations.Count == 0)
            throw ProtocolException.MalformedPayload("A patch names a file of mutations that holds none.");

        var whole = patch.Clone();
        whole.Mutations.Clear();
        whole.Mutations.AddRange(external.Mutations);
        return whole;
    }

    /// <summary>The keys that a snapshot needs and the ring does not hold, in lower-case hexadecimal.</summary>
    public static IReadOnlyCollection<string> MissingKeys(SyncdSnapshot snapshot, AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return Missing(snapshot.KeyId, snapshot.Records, ring);
    }

    /// <inheritdoc cref="MissingKeys(SyncdSnapshot,AppStateKeyRing)"/>
    public static IReadOnlyCollection<string> MissingKeys(SyncdPatch patch, AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return Missing(patch.KeyId, patch.Mutations.Select(mutation => mutation.Record), ring);
    }

    /// <summary>The records that a patch touches, by the MACs of their indexes in lower-case hexadecimal.</summary>
    public static IReadOnlyCollection<string> IndexMacs(SyncdPatch patch)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return patch.Mutations.Select(mutation => NameOf(mutation.Record)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Makes a collection out of a snapshot, from nothing.</summary>
    /// <exception cref="ProtocolException">
    /// It does not verify (<see cref="ProtocolError.AppStateMismatch"/>), or is no snapshot (<see cref="ProtocolError.MalformedPayload"/>).
    /// </exception>
    public static AppStateUpdate Apply(AppStateCollection collection, SyncdSnapshot snapshot, AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(ring);
        CheckCount(snapshot.Records.Count);

        var hash = new LtHash(AppStateVersion.None.Hash);
        var macs = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var record in snapshot.Records)
        {
            var valueMac = MutationCipher.ValueMacOf(record);
            if (!macs.TryAdd(NameOf(record), valueMac))
                throw ProtocolException.AppStateMismatch("a snapshot has a record twice");
            hash.Add(valueMac);
        }

        var state = new AppStateVersion(snapshot.Version?.Version ?? 0, hash.ToArray());
        var keys = ring.Expand(KeyIdOf(snapshot.KeyId));
        if (!Matches(AppStateMacs.Snapshot(keys, state, collection), snapshot.Mac.Span))
            throw ProtocolException.AppStateMismatch("the MAC of a snapshot is wrong");

        return new(state, macs, [.. snapshot.Records.Select(record => MutationCipher.Decrypt(ring, SyncdOperation.Set, record))]);
    }

    /// <summary>Applies the next patch.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="state">What is known of it.</param>
    /// <param name="patch">The patch, its mutations with it. Without a version it counts as the next one.</param>
    /// <param name="known">The MACs of the present values of those of <see cref="IndexMacs"/> that exist.</param>
    /// <param name="ring">The keys.</param>
    /// <exception cref="ProtocolException">
    /// It is not the next one or does not verify (<see cref="ProtocolError.AppStateMismatch"/>), or is no patch
    /// (<see cref="ProtocolError.MalformedPayload"/>).
    /// </exception>
    public static AppStateUpdate Apply(
        AppStateCollection collection,
        AppStateVersion state,
        SyncdPatch patch,
        IReadOnlyDictionary<string, byte[]> known,
        AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(ring);
        CheckCount(patch.Mutations.Count);

        var version = patch.Version?.Version ?? state.Version + 1;
        if (version != state.Version + 1)
            throw ProtocolException.AppStateMismatch($"patch {version} does not follow version {state.Version}");

        var (next, macs) = Advance(state, patch.Mutations, known);
        var keys = ring.Expand(KeyIdOf(patch.KeyId));
        if (!Matches(AppStateMacs.Snapshot(keys, next, collection), patch.SnapshotMac.Span))
            throw ProtocolException.AppStateMismatch("the hash after a patch is wrong");

        var valueMacs = patch.Mutations.Select(mutation => MutationCipher.ValueMacOf(mutation.Record));
        if (!Matches(AppStateMacs.Patch(keys, patch.SnapshotMac.Span, valueMacs, version, collection), patch.PatchMac.Span))
            throw ProtocolException.AppStateMismatch("the MAC of a patch is wrong");

        return new(next, macs, [.. patch.Mutations.Select(mutation => MutationCipher.Decrypt(ring, mutation.Operation, mutation.Record))]);
    }

    /// <summary>The version and hash after mutations, and what becomes of the records' MACs.</summary>
    internal static (AppStateVersion Next, Dictionary<string, byte[]?> Macs) Advance(
        AppStateVersion state, IEnumerable<SyncdMutation> mutations, IReadOnlyDictionary<string, byte[]> known)
    {
        var hash = new LtHash(state.Hash);
        var macs = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var mutation in mutations)
        {
            // An earlier mutation of the same patch counts more than what was known before it. A removal of nothing changes nothing.
            var name = NameOf(mutation.Record);
            if ((macs.TryGetValue(name, out var earlier) ? earlier : known.GetValueOrDefault(name)) is { } previous)
                hash.Subtract(previous);

            var isSet = mutation.Operation == SyncdOperation.Set;
            var valueMac = MutationCipher.ValueMacOf(mutation.Record);
            if (isSet)
                hash.Add(valueMac);
            macs[name] = isSet ? valueMac : null;
        }

        return (new(state.Version + 1, hash.ToArray()), macs);
    }

    private static string NameOf(SyncdRecord? record) => record is { Index.Blob: { Length: AppStateMacs.Length } blob }
        ? Convert.ToHexStringLower(blob.Span)
        : throw ProtocolException.MalformedPayload("A record has no index.");

    private static ReadOnlySpan<byte> KeyIdOf(SyncdKeyId? id) => id is { Id: { Length: > 0 and <= AppStateKey.MaxIdLength } bytes }
        ? bytes.Span
        : throw ProtocolException.MalformedPayload("A snapshot or patch names no key.");

    private static HashSet<string> Missing(SyncdKeyId? own, IEnumerable<SyncdRecord?> records, AppStateKeyRing ring)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        Add(KeyIdOf(own));
        foreach (var record in records)
            Add(MutationCipher.KeyIdOf(record));

        return missing;

        void Add(ReadOnlySpan<byte> id)
        {
            if (!ring.Holds(id))
                missing.Add(Convert.ToHexStringLower(id));
        }
    }

    private static bool Matches(byte[] expected, ReadOnlySpan<byte> actual) => CryptographicOperations.FixedTimeEquals(expected, actual);

    private static void CheckCount(int count)
    {
        if (count > MaxRecords)
            throw ProtocolException.MalformedPayload($"There are {count} records; {MaxRecords} are accepted.");
    }

    private static T Parse<T>(Google.Protobuf.MessageParser<T> parser, ReadOnlySpan<byte> protobuf, string what)
        where T : class, Google.Protobuf.IMessage<T> =>
        Protobuf.TryParse(parser, protobuf) ?? throw ProtocolException.MalformedPayload($"What ought to be a {what} of settings is no valid protobuf.");
}
