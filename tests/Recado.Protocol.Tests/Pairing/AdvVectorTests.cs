using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Pairing;

/// <summary>Replays <c>msg-adv</c>: both sides with recorded randomness, so every byte compares.</summary>
public sealed class AdvVectorTests
{
    private static AdvVectors Vectors => VectorFile.Load<AdvVectors>("pairing/msg-adv.json");

    [Fact]
    public void Issue_WhenReplayed_GivesTheRecordedContainer()
    {
        var vectors = Vectors;
        var random = new ScriptedRandom(vectors.AccountSignatureRandom64);

        var container = AdvIdentity.Issue(
            vectors.Account, vectors.DeviceIdentityPublic, vectors.AdvSecret, AdvDeviceIdentity.Parser.ParseFrom(vectors.Details), random);

        Assert.Equal(vectors.Container, container);
        Assert.Equal(0, random.Remaining);
        var parsed = AdvSignedDeviceIdentityHmac.Parser.ParseFrom(container);
        Assert.Equal(vectors.SignedDeviceIdentityFromPrimary, parsed.Details.ToByteArray());
        Assert.Equal(vectors.Hmac, parsed.Hmac.ToByteArray());
        Assert.Equal(vectors.AccountSignature, AdvSignedDeviceIdentity.Parser.ParseFrom(parsed.Details).AccountSignature.ToByteArray());
    }

    [Fact]
    public void VerifyAndSign_WhenReplayed_GivesTheRecordedIdentities()
    {
        var vectors = Vectors;
        var random = new ScriptedRandom(vectors.DeviceSignatureRandom64);

        var paired = AdvIdentity.VerifyAndSign(vectors.Container, vectors.Device, vectors.AdvSecret, random);

        Assert.Equal(vectors.DeviceIdentityInPkmsg, paired.Account);
        Assert.Equal(vectors.PairDeviceSignPayload, paired.Reply);
        Assert.Equal(vectors.AccountPublic, paired.AccountKey);
        Assert.Equal(1u, paired.KeyIndex);
        Assert.Equal(vectors.DeviceSignature, AdvSignedDeviceIdentity.Parser.ParseFrom(paired.Account).DeviceSignature.ToByteArray());
        var (device, account) = (vectors.DeviceIdentityPublic, vectors.AccountPublic);
        Assert.Equal(vectors.DeviceIdentityInPkmsg, AdvIdentity.CompleteReply(paired.Reply, device, account));
        Assert.True(AdvIdentity.VerifyDeviceSignature(paired.Account, device, account));
    }

    [Fact]
    public void SignKeyIndexList_WhenReplayed_GivesTheRecordedList()
    {
        var vectors = Vectors;
        var expected = vectors.KeyIndexList;
        var list = AdvKeyIndexList.Parser.ParseFrom(expected.Details);

        var signed = AdvIdentity.SignKeyIndexList(vectors.Account, list, new ScriptedRandom(expected.Random64));

        Assert.Equal(expected.SignedKeyIndexList, signed);
        Assert.Equal(expected.Signature, AdvSignedKeyIndexList.Parser.ParseFrom(signed).AccountSignature.ToByteArray());
        Assert.Equal(list, AdvIdentity.VerifyKeyIndexList(signed, vectors.AccountPublic));
        Assert.Null(AdvIdentity.VerifyKeyIndexList(signed, vectors.DeviceIdentityPublic));
    }

    [Fact]
    public void VerifyAndSign_WhenAnyByteIsChanged_IsRefused()
    {
        var vectors = Vectors;

        var refused = Mutilations.AssertTyped(
            vectors.Container, bytes => AdvIdentity.VerifyAndSign(bytes, vectors.Device, vectors.AdvSecret, new SeededRandom(1)));

        Assert.Equal(4 * vectors.Container.Length, refused);
    }

    [Fact]
    public void CompleteReply_WhenMutilatedOrNamingTheAccountKey_IsRefused()
    {
        var vectors = Vectors;

        Assert.DoesNotContain(
            Mutilations.Of(vectors.PairDeviceSignPayload),
            bytes => AdvIdentity.CompleteReply(bytes, vectors.DeviceIdentityPublic, vectors.AccountPublic) is not null);
        Assert.Null(AdvIdentity.CompleteReply(vectors.DeviceIdentityInPkmsg, vectors.DeviceIdentityPublic, vectors.AccountPublic));
    }

    [Fact]
    public void VerifyAndSign_WhenTheSecretIsAnother_SaysHmacMismatch()
    {
        var vectors = Vectors;

        var refused = Assert.Throws<PairingException>(
            () => AdvIdentity.VerifyAndSign(vectors.Container, vectors.Device, new byte[32], new SeededRandom(1)));

        Assert.Equal((401, "hmac-mismatch"), (refused.Code, refused.Text));
    }

    [Fact]
    public void VerifyAndSign_WhenSignedForAnotherDevice_SaysSignatureMismatch()
    {
        var vectors = Vectors;
        var other = KeyPair.Generate(new SeededRandom(7));

        var refused = Assert.Throws<PairingException>(
            () => AdvIdentity.VerifyAndSign(vectors.Container, other, vectors.AdvSecret, new SeededRandom(1)));

        Assert.Equal((401, "signature-mismatch"), (refused.Code, refused.Text));
    }

    [Fact]
    public void VerifyAndSign_WhenUnreadable_SaysInternalError()
    {
        var vectors = Vectors;

        var refused = Assert.Throws<PairingException>(
            () => AdvIdentity.VerifyAndSign([0xFF], vectors.Device, vectors.AdvSecret, new SeededRandom(1)));

        Assert.Equal((500, "internal-error"), (refused.Code, refused.Text));
    }

    [Fact]
    public void Pairing_WhenReplayed_AcceptsTheRecordedSignatures()
    {
        var vectors = VectorFile.Load<PairingVectors>("pairing/adv-pairing.json");
        var (account, companion) = (vectors.Keys.AccountIdentity, vectors.Keys.CompanionIdentity);
        foreach (var expected in (PairingVector[])[vectors.E2ee, vectors.Hosted])
        {
            var stanza = NodeCodec.Decode(expected.PairSuccessStanza);
            var container = stanza.RequiredChild("pair-success").RequiredChild("device-identity").Bytes.ToArray();
            var sealedIdentity = AdvSignedDeviceIdentityHmac.Parser.ParseFrom(container);
            var details = AdvDeviceIdentity.Parser.ParseFrom(expected.DeviceIdentityDetails);

            var paired = AdvIdentity.VerifyAndSign(container, companion.Pair, vectors.Keys.AdvSecret, new SeededRandom(3));

            Assert.Equal(expected.SignedDeviceIdentityHmac, container);
            Assert.Equal(expected.SignedDeviceIdentity, sealedIdentity.Details.ToByteArray());
            Assert.Equal(expected.Hmac, sealedIdentity.Hmac.ToByteArray());
            Assert.Equal(expected.Hmac, HMACSHA256.HashData(vectors.Keys.AdvSecret, expected.HmacInput));
            Assert.Equal(expected.AccountType, (int)sealedIdentity.AccountType);
            Assert.Equal(expected.DeviceType, (int)details.DeviceType);
            Assert.Equal(
                expected.AccountSignatureMessage,
                AdvSignature.AccountMessage(expected.DeviceIdentityDetails, companion.Pub, expected.DeviceType == 1));
            Assert.True(XEdDsa.Verify(account.Pub, expected.AccountSignatureMessage, expected.AccountSignature));
            Assert.Equal(
                expected.DeviceSignatureMessage,
                AdvSignature.DeviceMessage(expected.DeviceIdentityDetails, companion.Pub, account.Pub));
            Assert.True(XEdDsa.Verify(companion.Pub, expected.DeviceSignatureMessage, expected.DeviceSignature));

            Assert.Equal(account.Pub, paired.AccountKey);
            Assert.Equal(expected.ReplyKeyIndex, $"{paired.KeyIndex}");
            Assert.NotNull(AdvIdentity.CompleteReply(paired.Reply, companion.Pub, account.Pub));
            AssertReply(expected, companion.Pub, account.Pub);
        }
    }

    [Fact]
    public void Issue_WhenHosted_IsAcceptedByTheCompanion()
    {
        var keys = VectorFile.Load<PairingVectors>("pairing/adv-pairing.json").Keys;
        var (account, companion) = (keys.AccountIdentity.Pair, keys.CompanionIdentity.Pair);
        var details = new AdvDeviceIdentity
        {
            RawId = 5,
            Timestamp = 1_767_225_600,
            KeyIndex = 2,
            AccountType = AdvEncryptionType.Hosted,
            DeviceType = AdvEncryptionType.Hosted,
        };

        var container = AdvIdentity.Issue(account, companion.PublicKey, keys.AdvSecret, details, new SeededRandom(1));
        var paired = AdvIdentity.VerifyAndSign(container, companion, keys.AdvSecret, new SeededRandom(2));

        Assert.Equal(2u, paired.KeyIndex);
        Assert.True(AdvIdentity.VerifyDeviceSignature(paired.Account, companion.PublicKey, account.PublicKey));
    }

    [Fact]
    public void QrCode_WhenReplayed_IsTheRecordedText()
    {
        var vectors = VectorFile.Load<PairingVectors>("pairing/adv-pairing.json");
        var (noise, identity, secret) = (vectors.Keys.CompanionNoise.Pub, vectors.Keys.CompanionIdentity.Pub, vectors.Keys.AdvSecret);

        var text = QrCode.Format(Encoding.UTF8.GetBytes(vectors.Qr.Ref), noise, identity, secret, vectors.Qr.CompanionPlatformId);
        var code = QrCode.Parse(text);

        Assert.Equal(vectors.Qr.Text, text);
        Assert.Equal((vectors.Qr.Ref, vectors.Qr.CompanionPlatformId), (code.Ref, code.PlatformId));
        Assert.Equal(noise, code.NoisePublicKey);
        Assert.Equal(identity, code.IdentityPublicKey);
        Assert.Equal(secret, code.AdvSecret);
        Assert.Equal(vectors.Keys.CompanionNoise.Pub, vectors.Keys.CompanionNoise.Pair.PublicKey);
    }

    private static void AssertReply(PairingVector expected, byte[] companion, byte[] account)
    {
        var stanza = NodeCodec.Decode(expected.ReplyStanza);
        var reply = stanza.RequiredChild("pair-device-sign").RequiredChild("device-identity");

        Assert.Equal(expected.ReplyKeyIndex, reply.Required("key-index"));
        Assert.Equal(expected.ReplyDeviceIdentity, reply.Bytes.ToArray());
        Assert.Equal(expected.ReplyStanza, NodeCodec.Encode(stanza));
        Assert.Equal(expected.StoredAccountWithKey, AdvIdentity.CompleteReply(expected.ReplyDeviceIdentity, companion, account));
    }

    internal sealed record AdvVectors(
        string Description,
        byte[] AccountPrivate,
        byte[] AccountPublic,
        byte[] DeviceIdentityPrivate,
        byte[] DeviceIdentityPublic,
        byte[] AdvSecret,
        byte[] Details,
        byte[] AccountSignatureRandom64,
        byte[] AccountSignature,
        byte[] SignedDeviceIdentityFromPrimary,
        byte[] Hmac,
        byte[] Container,
        byte[] DeviceSignatureRandom64,
        byte[] DeviceSignature,
        byte[] DeviceIdentityInPkmsg,
        byte[] PairDeviceSignPayload,
        KeyIndexVector KeyIndexList)
    {
        public KeyPair Account => KeyPair.FromPrivateKey(AccountPrivate);

        public KeyPair Device => KeyPair.FromPrivateKey(DeviceIdentityPrivate);
    }

    internal sealed record KeyIndexVector(byte[] Details, byte[] Random64, byte[] Signature, byte[] SignedKeyIndexList);

    internal sealed record PairingVectors(string Description, KeyVectors Keys, QrVector Qr, PairingVector E2ee, PairingVector Hosted);

    internal sealed record KeyVectors(
        PairVector AccountIdentity, PairVector CompanionIdentity, PairVector CompanionNoise, byte[] AdvSecret);

    internal sealed record PairVector(byte[] Priv, byte[] Pub)
    {
        public KeyPair Pair => KeyPair.FromPrivateKey(Priv);
    }

    internal sealed record QrVector(string Ref, string CompanionPlatformId, string Text);

    internal sealed record PairingVector(
        int AccountType,
        int DeviceType,
        byte[] DeviceIdentityDetails,
        byte[] AccountSignatureMessage,
        byte[] AccountSignature,
        byte[] SignedDeviceIdentity,
        byte[] HmacInput,
        byte[] Hmac,
        [property: JsonPropertyName("signedDeviceIdentityHMAC")] byte[] SignedDeviceIdentityHmac,
        byte[] PairSuccessStanza,
        byte[] DeviceSignatureMessage,
        byte[] DeviceSignature,
        string ReplyKeyIndex,
        byte[] ReplyDeviceIdentity,
        byte[] ReplyStanza,
        byte[] StoredAccountWithKey);
}
