using System.Text.Json;
using Google.Protobuf;
using Recado.Protocol.AppState;
using Recado.Protocol.Media;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.AppState;

/// <summary>Replays <c>appstate-patches</c>, <c>appstate-snapshot</c>, <c>appstate-upload</c> and <c>appstate-recovery</c>.</summary>
public sealed class AppStatePatchVectorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static UploadVector Upload => VectorFile.Load<UploadVector>("appstate/appstate-upload.json");

    private static RecoveryVector Recovery => VectorFile.Load<RecoveryVector>("appstate/appstate-recovery.json");

    [Fact]
    public void Apply_WhenTheChainIsReplayed_GivesTheRecordedStates()
    {
        var vectors = AppStateVectors.Patches;
        var (ring, collection, state) = (AppStateVectors.Ring(vectors.Keys), AppStateVectors.Collection(vectors.Collection), AppStateVersion.None);
        var known = new Dictionary<string, byte[]>();
        var last = new Dictionary<string, AppStateMutation>();
        foreach (var vector in vectors.Patches)
        {
            var patch = AppStateReader.ParsePatch(vector.Patch);
            Assert.Equal(vector.HashBefore, state.Hash);
            Assert.Empty(AppStateReader.MissingKeys(patch, ring));

            var update = AppStateReader.Apply(collection, state, patch, known, ring);

            Assert.Equal(vector.Version, update.State.Version);
            Assert.Equal(vector.HashAfter, update.State.Hash);
            Assert.Equal(vector.SigningKeyId, patch.KeyId.Id);
            Assert.Equal(vector.SnapshotMac, patch.SnapshotMac);
            Assert.Equal(vector.PatchMac, patch.PatchMac);
            Assert.Equal(vector.Mutations.Select(mutation => mutation.Index), update.Mutations.Select(mutation => mutation.Index));
            Assert.Equal(
                vector.Mutations.Select(mutation => AppStateVectors.Operation(mutation.Operation)), update.Mutations.Select(mutation => mutation.Operation));
            Assert.Equal(vector.Mutations.Select(mutation => mutation.IndexMac), patch.Mutations.Select(mutation => mutation.Record.Index.Blob.ToByteArray()));
            Assert.Equal(vector.Mutations.Select(mutation => mutation.ValueMac), patch.Mutations.Select(mutation => MutationCipher.ValueMacOf(mutation.Record)));
            known.Take(update);
            Assert.Equal(vector.StoreAfter, known.Text());
            foreach (var mutation in update.Mutations)
                last[string.Join(' ', mutation.Index)] = mutation;
            state = update.State;
        }

        foreach (var final in vectors.FinalActions)
        {
            var mutation = last[string.Join(' ', final.Index)];
            Assert.Equal(SyncdOperation.Set, mutation.Operation);
            Assert.Equal(final.Version, mutation.Version);
            Assert.Equal(AppStateVectors.Value(final.Value), mutation.Value);
        }
    }

    [Fact]
    public void Apply_WhenThePatchIsWrong_RefusesIt()
    {
        var vectors = AppStateVectors.Patches;
        var ring = AppStateVectors.Ring(vectors.Keys);
        foreach (var vector in vectors.Invalid)
        {
            var (state, known) = (AppStateVersion.None, new Dictionary<string, byte[]>());
            if (vector.StateBefore != "version 0, zero hash")
            {
                Assert.Equal("state after patch v1", vector.StateBefore);
                var first = AppStateReader.Apply(
                    AppStateVectors.Collection(vectors.Collection), state, AppStateReader.ParsePatch(vectors.Patches[0].Patch), known, ring);
                state = first.State;
                known.Take(first);
            }

            var refusal = Assert.Throws<ProtocolException>(() => AppStateReader.Apply(
                AppStateVectors.Collection(vector.Collection ?? vectors.Collection), state, AppStateReader.ParsePatch(vector.Patch), known, ring));

            Assert.True(refusal.Error == ProtocolError.AppStateMismatch, $"{vector.Name}: {vector.Error}");
        }
    }

    [Fact]
    public void Apply_WhenAPatchIsMutilated_NeverGivesAnotherState()
    {
        var vectors = AppStateVectors.Patches;
        var (ring, collection, good) = (AppStateVectors.Ring(vectors.Keys), AppStateVectors.Collection(vectors.Collection), vectors.Patches[0]);

        Mutilations.AssertTyped(good.Patch, bytes =>
        {
            var patch = AppStateReader.ParsePatch(bytes);
            AppStateReader.MissingKeys(patch, ring);
            var update = AppStateReader.Apply(collection, AppStateVersion.None, patch, new Dictionary<string, byte[]>(), ring);
            Assert.Equal(good.HashAfter, update.State.Hash); // what is not covered by a MAC says nothing
            Assert.Equal(good.Mutations[0].Index, update.Mutations[0].Index);
        });
    }

    [Fact]
    public void MissingKeys_WhenAKeyIsUnknown_NamesTheKeysOfPatchAndRecords()
    {
        var vectors = AppStateVectors.Patches;

        var missing = AppStateReader.MissingKeys(AppStateReader.ParsePatch(vectors.Patches[^1].Patch), new([]));

        Assert.Equal(vectors.Keys.Keys.Order(), missing.Order());
    }

    [Fact]
    public async Task Apply_WhenAFullSyncIsReplayed_GivesTheRecordedStates()
    {
        var vector = AppStateVectors.Snapshot;
        var (ring, collection) = (AppStateVectors.Ring(vector.Keys), AppStateVectors.Collection(vector.Collection));
        var known = new Dictionary<string, byte[]>();

        var answer = AppStateStanzas.ParseAnswer(vector.ResponseNode.ToNode(), collection);
        var snapshot = AppStateReader.ParseSnapshot(await DownloadAsync(vector, 0, answer.Snapshot!));
        var full = AppStateReader.Apply(collection, snapshot, ring);

        Assert.False(answer.HasMore);
        Assert.Equal(vector.Snapshot.Version, full.State.Version);
        Assert.Equal(vector.Snapshot.Hash, full.State.Hash);
        Assert.Equal(vector.Snapshot.Mac, snapshot.Mac);
        Assert.Equal(vector.Snapshot.KeyId, snapshot.KeyId.Id);
        Assert.Equal(vector.Snapshot.Records.Select(record => record.Index), full.Mutations.Select(mutation => mutation.Index));
        known.Take(full);
        Assert.Equal(vector.Snapshot.Store, known.Text());

        var external = answer.Patches[0];
        var whole = AppStateReader.WithMutations(external, await DownloadAsync(vector, 1, AppStateStanzas.ReferenceOf(external.ExternalMutations)));
        var first = AppStateReader.Apply(collection, full.State, whole, known, ring);
        known.Take(first);
        Assert.Equal(vector.AfterV13.Hash, first.State.Hash);
        Assert.Equal(vector.AfterV13.Store, known.Text());

        var second = AppStateReader.Apply(collection, first.State, answer.Patches[1], known, ring);
        known.Take(second);
        Assert.Equal(vector.AfterV14.Hash, second.State.Hash);
        Assert.Equal(vector.AfterV14.Store, known.Text());

        AppStateMutation[] happened = [.. full.Mutations, .. first.Mutations, .. second.Mutations];
        Assert.Equal(vector.Events.Count, happened.Length);
        foreach (var (expected, actual) in vector.Events.Zip(happened))
        {
            Assert.Equal(AppStateVectors.Operation(expected.Operation), actual.Operation);
            Assert.Equal(expected.Index, actual.Index);
            if (expected.Value is { } value)
                AssertAction(value, actual.Value);
        }

        foreach (var (expected, actual) in vector.Snapshot.Records.Zip(full.Mutations))
            AssertAction(expected.Value, actual.Value);
        Assert.Equal(["snapshot", "snapshot", "snapshot", "v13", "v13", "v14"], vector.Events.Select(happening => happening.From));
    }

    [Fact]
    public void Apply_WhenASnapshotIsMutilated_NeverGivesAnotherState()
    {
        var vector = AppStateVectors.Snapshot;
        var (ring, collection) = (AppStateVectors.Ring(vector.Keys), AppStateVectors.Collection(vector.Collection));

        Mutilations.AssertTyped(vector.BlobKeys[0].Plaintext, bytes =>
        {
            var snapshot = AppStateReader.ParseSnapshot(bytes);
            AppStateReader.MissingKeys(snapshot, ring);
            Assert.Equal(vector.Snapshot.Hash, AppStateReader.Apply(collection, snapshot, ring).State.Hash);
        });
        Mutilations.AssertTyped(vector.BlobKeys[1].Plaintext, bytes => AppStateReader.WithMutations(new(), bytes));
    }

    [Fact]
    public void ParseAnswer_WhenMutilated_FailsWithATypedError()
    {
        var vector = AppStateVectors.Snapshot;
        var collection = AppStateVectors.Collection(vector.Collection);

        StanzaMutilations.AssertTyped(vector.ResponseNode.ToNode(), node => AppStateStanzas.ParseAnswer(node, collection));
        StanzaMutilations.AssertTyped(Upload.ConflictResponseNode.ToNode(), node => AppStateStanzas.ParseAnswer(node, AppStateCollection.RegularHigh));
        Assert.Throws<ProtocolException>(() => AppStateStanzas.ParseAnswer(vector.ResponseNode.ToNode(), AppStateCollection.Regular));
    }

    [Fact]
    public void Build_WhenReplayed_GivesTheRecordedPatchAndRequest()
    {
        var vector = Upload;
        var key = new AppStateKey(vector.KeyId, vector.KeyData, 0);
        var (ring, state) = (new AppStateKeyRing([key]), new AppStateVersion(vector.StateBefore.Version, vector.StateBefore.Hash));
        var mutation = new AppStateMutation(
            SyncdOperation.Set,
            vector.Index,
            SyncActionData.Parser.ParseFrom(AppStateVectors.Mutations.Cases[0].Plaintext).Value,
            vector.ActionVersion);

        var (patch, update) = AppStateWriter.Build(
            AppStateVectors.Collection(vector.Collection), state, [mutation], new Dictionary<string, byte[]>(), ring, key, new ScriptedRandom(vector.Iv));

        Assert.Equal(vector.Timestamp, mutation.Value.Timestamp);
        Assert.Equal(vector.Patch, patch.ToByteArray());
        Assert.Equal(vector.SnapshotMac, patch.SnapshotMac);
        Assert.Equal(vector.PatchMac, patch.PatchMac);
        Assert.Equal(vector.StateAfter.Version, update.State.Version);
        Assert.Equal(vector.StateAfter.Hash, update.State.Hash);
        Assert.Equal([AppStateWriter.IndexMac(ring, key, vector.Index)], update.Macs.Keys);
        var request = AppStateStanzas.Upload("<id>", AppStateCollection.RegularHigh, state.Version, patch.ToByteArray());
        Assert.Equal(StanzaVector.Shape(vector.RequestNode.ToNode()), StanzaVector.Shape(request));

        // What we write, others read.
        Assert.Equal(update.State.Hash, AppStateReader.Apply(AppStateCollection.RegularHigh, state, patch, new Dictionary<string, byte[]>(), ring).State.Hash);
        Assert.Throws<ArgumentException>(() => AppStateWriter.Build(
            AppStateCollection.RegularHigh, state, [mutation, mutation], new Dictionary<string, byte[]>(), ring, key, new SeededRandom(1)));
    }

    [Fact]
    public void ParseAnswer_WhenAnotherDeviceWasFirst_SaysSo()
    {
        var node = Upload.ConflictResponseNode.ToNode();
        var withoutPatches = new Recado.Protocol.Binary.Node(
            node.Tag, node.Attributes, [Recado.Protocol.Binary.Node.Of("sync", [With(node.Child("sync")!.Children[0])])]);

        var answer = AppStateStanzas.ParseAnswer(withoutPatches, AppStateCollection.RegularHigh);

        Assert.Equal(AppStateAnswer.Conflict, answer.ErrorCode);
        Assert.Equal("conflict", answer.ErrorText);
        Assert.Empty(answer.Patches);

        // The recording names the patches in words.
        static Recado.Protocol.Binary.Node With(Recado.Protocol.Binary.Node collection) =>
            new(collection.Tag, collection.Attributes, [collection.Child("error")!]);
    }

    [Fact]
    public void Fetch_WhenAVersionIsKnown_AsksForWhatFollowsIt()
    {
        var since = AppStateStanzas.Fetch("1", AppStateCollection.RegularLow, 41);
        var whole = AppStateStanzas.Fetch("1", AppStateCollection.RegularLow, version: null);

        Assert.Equal(
            "<iq id=1 to=s.whatsapp.net type=set xmlns=w:sync:app:state><sync><collection name=regular_low return_snapshot=false version=41></></></>",
            StanzaVector.Shape(since));
        Assert.Equal("true", whole.Child("sync")!.Children[0]["return_snapshot"]);
        Assert.Equal("0", whole.Child("sync")!.Children[0]["version"]);
    }

    [Fact]
    public void ApplyRecovery_WhenReplayed_GivesTheRecordedState()
    {
        var vector = Recovery;
        var ring = AppStateVectors.Ring(vector.Keys);
        foreach (var (bytes, isCompressed) in new[] { (vector.CollectionSnapshot, false), (vector.CollectionSnapshotGzip, vector.IsCompressed) })
        {
            var recovery = AppStateRequests.ParseRecovery(new() { CollectionSnapshot = ByteString.CopyFrom(bytes), IsCompressed = isCompressed });
            var update = AppStateRequests.Apply(recovery, ring);

            Assert.Equal(vector.Collection, recovery.CollectionName);
            Assert.Equal(vector.Version, update.State.Version);
            Assert.Equal(vector.Lthash, update.State.Hash);
            Assert.Equal(vector.Store, update.Macs.ToDictionary(mac => mac.Key, mac => Convert.ToHexStringLower(mac.Value!)));
            Assert.Equal(vector.Indexes, update.Mutations.Select(mutation => mutation.Index));
            Assert.Empty(AppStateRequests.MissingKeys(recovery, ring));
            Assert.Single(AppStateRequests.MissingKeys(recovery, new([])));
        }
    }

    [Fact]
    public void ApplyRecovery_WhenMutilated_FailsWithATypedError()
    {
        var vector = Recovery;
        var ring = AppStateVectors.Ring(vector.Keys);
        foreach (var (bytes, isCompressed) in new[] { (vector.CollectionSnapshot, false), (vector.CollectionSnapshotGzip, true) })
        {
            Mutilations.AssertTyped(bytes, mutilated => AppStateRequests.Apply(
                AppStateRequests.ParseRecovery(new() { CollectionSnapshot = ByteString.CopyFrom(mutilated), IsCompressed = isCompressed }), ring));
        }
    }

    private static void AssertAction(JsonElement expected, SyncActionValue actual)
    {
        var action = actual.Clone();
        action.ClearTimestamp();
        if (action.ContactAction is { } contact)
            contact.ClearSaveOnPrimaryAddressbook();
        Assert.Equal(AppStateVectors.Value(expected), action);
    }

    private static async Task<byte[]> DownloadAsync(SnapshotVector vector, int number, Recado.Protocol.Messages.MediaReference reference)
    {
        var blob = vector.BlobKeys[number];
        Assert.Equal(blob.MediaKey, reference.Key);
        Assert.Equal(blob.FileSha256, reference.Sha256);
        Assert.Equal(blob.FileEncSha256, reference.EncryptedSha256);
        var keys = MediaKeys.Derive(blob.MediaKey, MediaKind.AppState);
        Assert.Equal(blob.Iv, keys.Iv.ToArray());
        Assert.Equal(blob.CipherKey, keys.CipherKey.ToArray());
        Assert.Equal(blob.MacKey, keys.MacKey.ToArray());

        using var plaintext = new MemoryStream();
        await MediaCipher.DecryptAsync(new MemoryStream(vector.Files[reference.DirectPath!]), plaintext, MediaKind.AppState, reference, 1 << 20, Ct);
        Assert.Equal(blob.Plaintext, plaintext.ToArray());
        return plaintext.ToArray();
    }

    internal sealed record UploadVector(
        string Description,
        string Collection,
        byte[] KeyId,
        byte[] KeyData,
        UploadState StateBefore,
        byte[] Iv,
        long Timestamp,
        IReadOnlyList<string> Index,
        int ActionVersion,
        byte[] Patch,
        byte[] SnapshotMac,
        byte[] PatchMac,
        UploadState StateAfter,
        StanzaVector RequestNode,
        StanzaVector ConflictResponseNode);

    internal sealed record UploadState(ulong Version, byte[] Hash);

    internal sealed record RecoveryVector(
        string Description,
        string Collection,
        ulong Version,
        Dictionary<string, string> Keys,
        byte[] CollectionSnapshot,
        byte[] CollectionSnapshotGzip,
        bool IsCompressed,
        byte[] Lthash,
        Dictionary<string, string> Store,
        IReadOnlyList<IReadOnlyList<string>> Indexes);
}
