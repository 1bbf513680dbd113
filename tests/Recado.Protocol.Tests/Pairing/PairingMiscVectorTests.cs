using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Pairing;

public sealed class PairingMiscVectorTests
{
    private static MiscVectors Vectors => VectorFile.Load<MiscVectors>("pairing/pairing-misc.json");

    [Fact]
    public void UnifiedSession_WhenReplayed_IsTheRecordedId()
    {
        foreach (var expected in Vectors.UnifiedSession)
            Assert.Equal(expected.Id, UnifiedSession.Id(expected.UnixMs));
    }

    [Fact]
    public void Prologue_WhenReplayed_HasTheRecordedBytesAndProof()
    {
        var expected = Vectors.Passkey;

        var prologue = PasskeyPairing.Prologue(
            expected.CompanionEphemeral.Pub, (DevicePlatform)expected.DeviceType, expected.Ref, expected.CompanionNonce);
        var handoffKey = PasskeyPairing.HandoffKey(expected.AdvSecretBefore);

        Assert.Equal(expected.ProloguePayload, prologue);
        Assert.Equal(expected.HandoffKey, handoffKey);
        Assert.Equal(expected.HandoffProof, PasskeyPairing.HandoffProof(handoffKey, prologue));
        var parsed = ProloguePayload.Parser.ParseFrom(prologue);
        Assert.Equal(expected.CompanionEphemeralIdentity, parsed.CompanionEphemeralIdentity.ToByteArray());
        Assert.Equal(expected.Commitment, parsed.Commitment.Hash.ToByteArray());
    }

    [Fact]
    public void EncryptionKey_WhenReplayed_IsTheSameOnBothSides()
    {
        var expected = Vectors.Passkey;
        var (companion, primary) = (expected.CompanionEphemeral, expected.PrimaryEphemeral);
        var platform = (DevicePlatform)expected.DeviceType;

        Assert.Equal(companion.Pub, KeyPair.FromPrivateKey(companion.Priv).PublicKey);
        Assert.Equal(expected.SharedSecret, X25519.Agree(companion.Priv, primary.Pub));
        Assert.Equal(expected.Salt, PasskeyPairing.Salt(platform, expected.Ref));
        Assert.Equal(expected.EncryptionKey, PasskeyPairing.EncryptionKey(companion.Priv, primary.Pub, platform, expected.Ref));
        Assert.Equal(expected.EncryptionKey, PasskeyPairing.EncryptionKey(primary.Priv, companion.Pub, platform, expected.Ref));
    }

    [Fact]
    public void Code_WhenReplayed_IsTheRecordedOne()
    {
        var expected = Vectors.Passkey;

        Assert.Equal(expected.Code, PasskeyPairing.Code(expected.PrimaryNonce, expected.CompanionNonce, expected.PrimaryEphemeral.Pub));
        Assert.Equal(expected.Code, PairingCode.Format(expected.CodeBytes));
    }

    [Fact]
    public void EncryptRequest_WhenReplayed_HasTheRecordedBytes()
    {
        var expected = Vectors.Passkey;
        var request = PairingRequest.Parser.ParseFrom(expected.PairingRequest);

        Assert.Equal(expected.NewAdvSecret, request.AdvSecret.ToByteArray());
        Assert.Equal(expected.EncryptedPairingRequest, PasskeyPairing.EncryptRequest(request, expected.EncryptionKey, expected.Iv));
    }

    [Theory]
    [InlineData("0000000000", "1111-1111")]
    [InlineData("ffffffffff", "ZZZZ-ZZZZ")]
    public void PairingCode_AtTheBounds_UsesTheWholeAlphabet(string hex, string code) =>
        Assert.Equal(code, PairingCode.Format(Convert.FromHexString(hex)));

    internal sealed record MiscVectors(string Description, IReadOnlyList<SessionVector> UnifiedSession, PasskeyVector Passkey);

    internal sealed record SessionVector(long UnixMs, string Id);

    internal sealed record PairVector(byte[] Priv, byte[] Pub);

    internal sealed record PasskeyVector(
        string Ref,
        int DeviceType,
        PairVector CompanionEphemeral,
        PairVector PrimaryEphemeral,
        byte[] CompanionNonce,
        byte[] PrimaryNonce,
        byte[] CompanionEphemeralIdentity,
        byte[] Commitment,
        byte[] ProloguePayload,
        byte[] AdvSecretBefore,
        byte[] HandoffKey,
        byte[] HandoffProof,
        byte[] SharedSecret,
        string Salt,
        byte[] EncryptionKey,
        byte[] CodeBytes,
        string Code,
        byte[] NewAdvSecret,
        byte[] PairingRequest,
        byte[] Iv,
        byte[] EncryptedPairingRequest);
}
