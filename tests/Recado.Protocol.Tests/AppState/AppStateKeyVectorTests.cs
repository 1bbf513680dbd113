using Recado.Protocol.AppState;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.AppState;

/// <summary>Replays <c>appstate-keys</c> and <c>appstate-lthash</c>.</summary>
public sealed class AppStateKeyVectorTests
{
    [Fact]
    public void Expand_WhenReplayed_GivesTheRecordedKeys()
    {
        foreach (var vector in VectorFile.Load<KeyVectors>("appstate/appstate-keys.json").Cases)
        {
            var keys = AppStateKeys.Expand(new(vector.KeyId, vector.KeyData, 0));

            Assert.Equal(vector.Index, keys.Index.ToArray());
            Assert.Equal(vector.ValueEncryption, keys.ValueEncryption.ToArray());
            Assert.Equal(vector.ValueMac, keys.ValueMac.ToArray());
            Assert.Equal(vector.SnapshotMac, keys.SnapshotMac.ToArray());
            Assert.Equal(vector.PatchMac, keys.PatchMac.ToArray());
            byte[] all = [.. keys.Index, .. keys.ValueEncryption, .. keys.ValueMac, .. keys.SnapshotMac, .. keys.PatchMac];
            Assert.Equal(vector.Expanded160, all);
        }
    }

    [Fact]
    public void LtHash_WhenReplayed_GivesTheRecordedStates()
    {
        var vectors = VectorFile.Load<HashVectors>("appstate/appstate-lthash.json");
        foreach (var vector in vectors.Expansions)
        {
            var hash = new LtHash(AppStateVersion.None.Hash);
            hash.Add(vector.Item);
            Assert.Equal(vector.Expanded, hash.ToArray());
        }

        foreach (var step in vectors.Steps)
        {
            var hash = new LtHash(step.Before);
            foreach (var item in step.Subtract)
                hash.Subtract(item);
            foreach (var item in step.Add)
                hash.Add(item);
            Assert.True(step.After.AsSpan().SequenceEqual(hash.ToArray()), step.Name);
        }

        Assert.All(vectors.Same, same => Assert.True(same.A.AsSpan().SequenceEqual(same.B) == same.Equal, same.Note));
    }

    [Fact]
    public void LtHash_WhenItemsComeInAnotherOrder_IsTheSame()
    {
        var items = VectorFile.Load<HashVectors>("appstate/appstate-lthash.json").Expansions.Select(expansion => expansion.Item).ToList();
        var (forwards, backwards) = (new LtHash(AppStateVersion.None.Hash), new LtHash(AppStateVersion.None.Hash));

        items.ForEach(item => forwards.Add(item));
        items.AsEnumerable().Reverse().ToList().ForEach(item => backwards.Add(item));

        Assert.Equal(forwards.ToArray(), backwards.ToArray());
    }

    [Fact]
    public void Newest_WhenKeysAreOfOneTime_IsTheGreatestIdThatHasNotExpired()
    {
        AppStateKey Key(byte epoch, long timestamp) => new([0, 0, 0, 0, 0, epoch], new byte[32], timestamp);
        var ring = new AppStateKeyRing([Key(1, 9), Key(2, 9), Key(3, 5)]);

        Assert.Equal(2u, ring.Newest()!.Epoch);
        Assert.Equal(3u, ring.Newest(expiredEpoch: 2)!.Epoch);
        Assert.Null(ring.Newest(expiredEpoch: 3));
    }

    internal sealed record KeyVectors(string Description, IReadOnlyList<KeyVector> Cases);

    internal sealed record KeyVector(
        byte[] KeyId, byte[] KeyData, byte[] Expanded160, byte[] Index, byte[] ValueEncryption, byte[] ValueMac, byte[] SnapshotMac, byte[] PatchMac);

    internal sealed record HashVectors(
        string Description, IReadOnlyList<Expansion> Expansions, IReadOnlyList<HashStep> Steps, IReadOnlyList<SameHash> Same);

    internal sealed record Expansion(byte[] Item, byte[] Expanded);

    internal sealed record HashStep(string Name, byte[] Before, IReadOnlyList<byte[]> Subtract, IReadOnlyList<byte[]> Add, byte[] After);

    internal sealed record SameHash(string Note, byte[] A, byte[] B, bool Equal);
}
