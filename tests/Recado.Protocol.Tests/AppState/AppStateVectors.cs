using System.Text.Json;
using Recado.Protocol.AppState;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.AppState;

/// <summary>The files of <c>vectors/appstate</c>, and what their replays share.</summary>
internal static class AppStateVectors
{
    public static MutationVectors Mutations => VectorFile.Load<MutationVectors>("appstate/appstate-mutations.json");

    public static PatchVectors Patches => VectorFile.Load<PatchVectors>("appstate/appstate-patches.json");

    public static SnapshotVector Snapshot => VectorFile.Load<SnapshotVector>("appstate/appstate-snapshot.json");

    public static AppStateKeyRing Ring(IReadOnlyDictionary<string, string> keys) =>
        new(keys.Select(key => new AppStateKey(Convert.FromHexString(key.Key), Convert.FromHexString(key.Value), 0)));

    public static AppStateCollection Collection(string name) => AppStateCollectionNames.TryParse(name)!.Value;

    public static SyncdOperation Operation(string name) => Enum.Parse<SyncdOperation>(name, ignoreCase: true);

    public static SyncActionValue Value(JsonElement json) => ProtoJson.Parse<SyncActionValue>(json);

    /// <summary>What a map of MACs is after an update, as the vectors write it.</summary>
    public static void Take(this Dictionary<string, byte[]> known, AppStateUpdate update)
    {
        foreach (var (name, mac) in update.Macs)
        {
            if (mac is null)
                known.Remove(name);
            else
                known[name] = mac;
        }
    }

    public static Dictionary<string, string> Text(this IReadOnlyDictionary<string, byte[]> known) =>
        known.ToDictionary(entry => entry.Key, entry => Convert.ToHexStringLower(entry.Value));
}

internal sealed record MutationVectors(string Description, IReadOnlyList<MutationVector> Cases, IReadOnlyList<InvalidMutation> Invalid);

internal sealed record MutationVector(
    string Name,
    byte[] KeyId,
    byte[] KeyData,
    string Operation,
    byte[] Iv,
    IReadOnlyList<string> Index,
    string IndexUtf8,
    byte[] IndexBytes,
    int Version,
    long Timestamp,
    JsonElement Value,
    byte[] Plaintext,
    byte[] CiphertextWithIv,
    byte[] ValueMac,
    byte[] IndexMac,
    byte[] ValueBlob,
    byte[] SyncdMutation);

internal sealed record InvalidMutation(string Name, string Error, byte[] KeyId, byte[] KeyData, string Operation, byte[] IndexMac, byte[] ValueBlob);

internal sealed record PatchVectors(
    string Description,
    string Collection,
    Dictionary<string, string> Keys,
    IReadOnlyList<PatchVector> Patches,
    IReadOnlyList<FinalAction> FinalActions,
    IReadOnlyList<InvalidPatch> Invalid);

internal sealed record PatchVector(
    string Note,
    ulong Version,
    byte[] SigningKeyId,
    byte[] Patch,
    IReadOnlyList<PatchedRecord> Mutations,
    byte[] HashBefore,
    byte[] HashAfter,
    byte[] SnapshotMac,
    byte[] PatchMac,
    Dictionary<string, string> StoreAfter);

internal sealed record PatchedRecord(string Operation, IReadOnlyList<string> Index, byte[] IndexMac, byte[] ValueMac);

internal sealed record FinalAction(IReadOnlyList<string> Index, JsonElement Value, int Version);

internal sealed record InvalidPatch(string Name, string Error, string StateBefore, byte[] Patch, string? Collection = null);

internal sealed record SnapshotVector(
    string Description,
    string Collection,
    Dictionary<string, string> Keys,
    StanzaVector ResponseNode,
    Dictionary<string, byte[]> Files,
    IReadOnlyList<BlobVector> BlobKeys,
    RecordedSnapshot Snapshot,
    RecordedState AfterV13,
    RecordedState AfterV14,
    IReadOnlyList<RecordedEvent> Events);

internal sealed record BlobVector(
    byte[] MediaKey, byte[] Iv, byte[] CipherKey, byte[] MacKey, byte[] Plaintext, byte[] FileSha256, byte[] FileEncSha256);

internal sealed record RecordedSnapshot(
    ulong Version, byte[] KeyId, byte[] Mac, byte[] Hash, Dictionary<string, string> Store, IReadOnlyList<RecordedValue> Records);

internal sealed record RecordedValue(IReadOnlyList<string> Index, JsonElement Value);

internal sealed record RecordedState(byte[] Hash, Dictionary<string, string> Store);

internal sealed record RecordedEvent(string From, string Operation, IReadOnlyList<string> Index, JsonElement? Value = null);
