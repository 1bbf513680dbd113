using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Pairing;

public sealed class PreKeyNodesTests
{
    private static PreKeyVectors Vectors => VectorFile.Load<PreKeyVectors>("pairing/prekeys.json");

    [Fact]
    public void Upload_WhenReplayed_HasTheRecordedBytes()
    {
        var vectors = Vectors;
        var recorded = NodeCodec.Decode(vectors.UploadStanza);

        var stanza = PreKeyStanzas.Upload(recorded.Required("id"), vectors.Identity, vectors.OneTime, vectors.Signed);

        Assert.Equal(Convert.ToHexString(vectors.UploadStanza), Convert.ToHexString(NodeCodec.Encode(stanza)));
    }

    [Fact]
    public void ParseUpload_WhenReplayed_ReadsTheRecordedKeys()
    {
        var vectors = Vectors;

        var upload = PreKeyStanzas.ParseUpload(NodeCodec.Decode(vectors.UploadStanza));

        Assert.Equal(vectors.RegistrationId, upload.RegistrationId);
        Assert.Equal(vectors.IdentityPub, upload.IdentityKey);
        Assert.Equal(vectors.PreKeys.Select(key => key.Id), upload.PreKeys.Select(key => key.Id));
        Assert.Equal(vectors.PreKeys.Select(key => key.Pub), upload.PreKeys.Select(key => key.PublicKey));
        Assert.Equal(vectors.SignedPreKey.Id, upload.SignedPreKey.Id);
        Assert.Equal(vectors.SignedPreKey.Pub, upload.SignedPreKey.PublicKey);
        Assert.True(XEdDsa.Verify(upload.IdentityKey, vectors.SignedPreKey.SignedMessage, upload.SignedPreKey.Signature));
    }

    [Fact]
    public void Rotate_WhenReplayed_HasTheRecordedBytes()
    {
        var vectors = Vectors;
        var recorded = NodeCodec.Decode(vectors.RotateStanza);

        var stanza = PreKeyStanzas.Rotate(recorded.Required("id"), vectors.Signed with { Id = vectors.SignedPreKey.Id + 1 });

        Assert.Equal(Convert.ToHexString(vectors.RotateStanza), Convert.ToHexString(NodeCodec.Encode(stanza)));
        Assert.Equal(2u, PreKeyStanzas.ParseRotate(recorded).Id);
    }

    [Fact]
    public void Parsers_WhenAStanzaIsMutilated_FailWithTypedErrors()
    {
        Mutilations.AssertTyped(Vectors.UploadStanza, bytes => PreKeyStanzas.ParseUpload(NodeCodec.Decode(bytes)));
        Mutilations.AssertTyped(Vectors.RotateStanza, bytes => PreKeyStanzas.ParseRotate(NodeCodec.Decode(bytes)));
        Mutilations.AssertTyped(NodeCodec.Encode(User(Bundle(), [1, 2, 3])), bytes => PreKeyBundleNodes.Parse(NodeCodec.Decode(bytes)));
    }

    [Fact]
    public void ParseUpload_WhenAnIdOccursTwice_IsRefused()
    {
        var vectors = Vectors;
        var key = vectors.OneTime[0];

        var stanza = PreKeyStanzas.Upload("1", vectors.Identity, [key, key], vectors.Signed);

        Assert.Equal(ProtocolError.MalformedStanza, Assert.Throws<ProtocolException>(() => PreKeyStanzas.ParseUpload(stanza)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bundle_WhenFormattedAndParsed_IsTheSame(bool withOneTime)
    {
        var bundle = withOneTime ? Bundle() : Bundle() with { PreKeyId = null, PreKey = null };

        var parsed = PreKeyBundleNodes.Parse(NodeCodec.Decode(NodeCodec.Encode(User(bundle, null))));

        AssertSame(bundle, parsed);
        SessionCipher.Start(null, Vectors.Identity, parsed, new SeededRandom(1));
    }

    [Fact]
    public void Bundle_WhenInARetryReceipt_IsTheSame()
    {
        var receipt = new Node("receipt", [("id", "1")], PreKeyBundleNodes.FormatRetry(Bundle(), [1, 2, 3]));

        var parsed = PreKeyBundleNodes.Parse(receipt);

        AssertSame(Bundle(), parsed);
        Assert.Equal(Bundle().RegistrationId, PreKeyBundleNodes.ParseRegistration(receipt));
        Assert.Equal([1, 2, 3], receipt.RequiredChild("keys").RequiredChild("device-identity").Bytes.ToArray());
    }

    [Fact]
    public void Bundle_WhenTheKeyTypeIsUnknown_IsRefused()
    {
        var children = PreKeyBundleNodes.Format(Bundle()).Select(child => child.Tag == "type" ? Node.Of("type", [6]) : child);

        Assert.Throws<ProtocolException>(() => PreKeyBundleNodes.Parse(new Node("user", [], [.. children])));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x100_0000u)]
    public void PreKeyId_WhenItDoesNotFit_IsRefused(uint id) => Assert.Throws<ArgumentOutOfRangeException>(() => PreKeyId.Encode(id));

    [Fact]
    public void NextId_AfterTheLargest_IsOne()
    {
        Assert.Equal(1u, PreKey.NextId(PreKey.MaxId));
        Assert.Equal(PreKey.MaxId, PreKey.NextId(PreKey.MaxId - 1));
    }

    private static Node User(PreKeyBundle bundle, byte[]? deviceIdentity) =>
        new("user", [("jid", Jid.Parse("222:3@lid"))], PreKeyBundleNodes.Format(bundle, deviceIdentity));

    private static PreKeyBundle Bundle()
    {
        var vectors = Vectors;
        var key = vectors.OneTime[0];
        return new(
            vectors.RegistrationId,
            vectors.IdentityPub,
            key.Id,
            key.KeyPair.PublicKey,
            vectors.SignedPreKey.Id,
            vectors.SignedPreKey.Pub,
            vectors.SignedPreKey.Signature);
    }

    private static void AssertSame(PreKeyBundle expected, PreKeyBundle actual)
    {
        Assert.Equal(expected.RegistrationId, actual.RegistrationId);
        Assert.Equal((expected.PreKeyId, expected.SignedPreKeyId), (actual.PreKeyId, actual.SignedPreKeyId));
        Assert.Equal(expected.IdentityKey, actual.IdentityKey);
        Assert.Equal(expected.PreKey, actual.PreKey);
        Assert.Equal(expected.SignedPreKeyPublic, actual.SignedPreKeyPublic);
        Assert.Equal(expected.SignedPreKeySignature, actual.SignedPreKeySignature);
    }

    internal sealed record PreKeyVectors(
        string Description,
        uint RegistrationId,
        byte[] IdentityPub,
        IReadOnlyList<KeyVector> PreKeys,
        SignedKeyVector SignedPreKey,
        byte[] UploadStanza,
        byte[] RotateStanza)
    {
        public LocalIdentity Identity => new(new KeyPair(KeyPair.Generate(new SeededRandom(9)).PrivateKey, IdentityPub), RegistrationId);

        public IReadOnlyList<PreKey> OneTime => [.. PreKeys.Select(key =>
        {
            var pair = KeyPair.FromPrivateKey(key.Priv);
            Assert.Equal(key.Pub, pair.PublicKey);
            return new PreKey(key.Id, pair);
        })];

        public SignedPreKey Signed => new(SignedPreKey.Id, KeyPair.FromPrivateKey(SignedPreKey.Priv), SignedPreKey.Signature);
    }

    internal sealed record KeyVector(uint Id, byte[] Pub, byte[] Priv);

    internal sealed record SignedKeyVector(uint Id, byte[] Pub, byte[] Priv, byte[] SignedMessage, byte[] Signature);
}
