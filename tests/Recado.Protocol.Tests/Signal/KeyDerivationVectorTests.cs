using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Signal;

public sealed class KeyDerivationVectorTests
{
    private static KdfVectors Vectors => VectorFile.Load<KdfVectors>("signal/signal-kdf.json");

    [Fact]
    public void ChainStep_WhenReplayed_GivesSeedAndNextChainKey()
    {
        var expected = Vectors.MessageKey;
        var seed = new byte[32];
        var next = new byte[32];

        KeyDerivation.ChainStep(expected.ChainKey, seed, next);

        Assert.Equal(expected.Seed, seed);
        Assert.Equal(expected.NextChainKey, next);
    }

    [Fact]
    public void MessageKeys_WhenReplayed_AreThoseOfTheSeed()
    {
        var expected = Vectors.MessageKey;

        var keys = new MessageKeys(expected.Seed, new byte[MessageKeys.Length]);

        Assert.Equal(expected.CipherKey, keys.CipherKey.ToArray());
        Assert.Equal(expected.MacKey, keys.MacKey.ToArray());
        Assert.Equal(expected.Iv, keys.Iv.ToArray());
    }

    [Fact]
    public void RootStep_WhenReplayed_GivesRootAndChainKey()
    {
        var expected = Vectors.RootStep;
        var keys = new byte[KeyDerivation.RootStepLength];

        KeyDerivation.RootStep(expected.RootKey, expected.OurPrivate, expected.TheirPublic.AsSpan(1), keys);

        Assert.Equal(expected.Dh, X25519.Agree(expected.OurPrivate, expected.TheirPublic.AsSpan(1)));
        Assert.Equal((byte[])[.. expected.NewRootKey, .. expected.NewChainKey], keys);
    }

    internal sealed record KdfVectors(string Description, MessageKeyVector MessageKey, RootStepVector RootStep);

    internal sealed record MessageKeyVector(byte[] ChainKey, byte[] Seed, byte[] NextChainKey, byte[] CipherKey, byte[] MacKey, byte[] Iv);

    internal sealed record RootStepVector(
        byte[] RootKey, byte[] OurPrivate, byte[] TheirPublic, byte[] Dh, byte[] NewRootKey, byte[] NewChainKey);
}
