using Recado.Protocol.Crypto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Crypto;

public sealed class XEdDsaTests
{
    private static readonly SignalFile Signal = VectorFile.Load<SignalFile>("signal/signal-xeddsa.json");
    private static readonly PlainFile Plain = VectorFile.Load<PlainFile>("signal/xeddsa.json");

    [Fact]
    public void Sign_WhenTheRandomnessIsThatOfTheVector_WritesItsSignature()
    {
        foreach (var v in Signal.Sign)
        {
            var random = new ScriptedRandom(v.Random64);

            var signature = XEdDsa.Sign(v.PrivateKey, v.Message, random);

            Assert.Equal(v.Signature, signature);
            Assert.Equal(v.SignBit, signature[^1] >> 7);
            Assert.Equal(v.PublicKey, KeyPair.FromPrivateKey(v.PrivateKey).PublicKey);
            Assert.Equal(0, random.Remaining);
        }
    }

    [Fact]
    public void Verify_WhenTheSignatureIsValid_Accepts()
    {
        var signatures = Signal.Sign.Select(v => (v.PublicKey, v.Message, v.Signature))
            .Concat(Signal.VerifyOnly.Select(v => (v.PublicKey, v.Message, v.Signature)))
            .Concat(Plain.Cases.Select(c => (Plain.Pub, c.Message, c.SignatureWhatsmeow)))
            .Concat(Plain.Cases.Where(c => c.SignatureDeterministic is not null).Select(c => (Plain.Pub, c.Message, c.SignatureDeterministic!)));

        Assert.All(signatures, s => Assert.True(XEdDsa.Verify(s.Item1, s.Item2, s.Item3)));
    }

    [Fact]
    public void Verify_WhenTheSignatureIsNot_Rejects()
    {
        Assert.All(Signal.MustReject, v => Assert.False(XEdDsa.Verify(v.PublicKey, v.Message, v.Signature), v.Reason));
        Assert.All(Plain.Cases, c => Assert.False(XEdDsa.Verify(Plain.Pub, c.Message, c.Tampered)));
    }

    [Fact]
    public void Verify_WhenAnyByteIsFlippedOrMissing_Rejects()
    {
        var vector = Signal.Sign[1];

        Assert.All(Mutilations.Of(vector.Signature), changed => Assert.False(XEdDsa.Verify(vector.PublicKey, vector.Message, changed)));
        Assert.All(Mutilations.Of(vector.Message), changed => Assert.False(XEdDsa.Verify(vector.PublicKey, changed, vector.Signature)));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(31, 64)]
    [InlineData(33, 64)]
    [InlineData(32, 0)]
    [InlineData(32, 63)]
    [InlineData(32, 65)]
    public void Verify_WhenALengthIsWrong_Rejects(int key, int signature) =>
        Assert.False(XEdDsa.Verify(new byte[key], [1], new byte[signature]));

    [Fact]
    public void Verify_WhenTheKeyIsAtAnEdgeOfTheField_DoesNotThrow()
    {
        // u = −1, 0, 1, p, and all bits set
        foreach (var u in new[] { "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", new('0', 64), $"01{new string('0', 62)}",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", new('f', 64) })
            Assert.False(XEdDsa.Verify(Convert.FromHexString(u), [1], new byte[64]));
    }

    [Fact]
    public void Sign_WhenTheKeyIsFresh_Verifies()
    {
        var random = new SeededRandom(1);

        for (var i = 0; i < 300; i++)
        {
            var pair = KeyPair.Generate(random);
            var message = random.Bytes(i);

            Assert.True(XEdDsa.Verify(pair.PublicKey, message, XEdDsa.Sign(pair.PrivateKey, message, random)));
        }
    }

    private sealed record SignalFile(string Description, IReadOnlyList<SignCase> Sign, IReadOnlyList<VerifyCase> VerifyOnly, IReadOnlyList<RejectCase> MustReject);

    // EdwardsPublicKey and Hash1 are steps on the way to the signature, which is compared as a whole.
    private sealed record SignCase(
        byte[] PrivateKey, byte[] PublicKey, byte[] Message, byte[] Random64, byte[] EdwardsPublicKey, byte[] Hash1, byte[] Signature, int SignBit);

    private sealed record VerifyCase(string Note, byte[] PrivateKey, byte[] PublicKey, byte[] Message, byte[] Signature);

    private sealed record RejectCase(string Reason, byte[] PublicKey, byte[] Message, byte[] Signature);

    private sealed record PlainFile(string Description, byte[] Priv, byte[] Pub, IReadOnlyList<PlainCase> Cases);

    private sealed record PlainCase(byte[] Message, byte[] SignatureWhatsmeow, byte[] Tampered, byte[]? SignatureDeterministic = null);
}
