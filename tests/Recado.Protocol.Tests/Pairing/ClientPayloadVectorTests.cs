using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Pairing;

public sealed class ClientPayloadVectorTests
{
    private static readonly WebVersion Version = WebVersion.Parse("2.3000.1045649367");

    private static PayloadVectors Vectors => VectorFile.Load<PayloadVectors>("noise/client-payload.json");

    [Fact]
    public void Registration_WhenTheProfileIsThatOfTheRecording_HasTheRecordedBytes()
    {
        var vectors = Vectors;
        var inputs = vectors.Inputs;
        var profile = new DeviceProfile("whatsmeow", DevicePlatform.Unknown);
        var identity = new LocalIdentity(KeyPair.FromPrivateKey(inputs.IdentityPriv), inputs.RegistrationId);
        var keyPair = new KeyPair(new byte[32], inputs.SignedPreKeyPub);
        var signedPreKey = new SignedPreKey(inputs.SignedPreKeyId, keyPair, inputs.SignedPreKeySignature);

        var payload = ClientPayloads.Registration(profile, Version, identity, signedPreKey);

        Assert.Equal(inputs.IdentityPub, identity.KeyPair.PublicKey);
        Assert.Equal(Convert.ToHexString(vectors.WhatsmeowRegistration.Hex), Convert.ToHexString(payload));
    }

    [Fact]
    public void Login_WhenTheProfileIsThatOfTheRecording_HasTheRecordedBytes()
    {
        var vectors = Vectors;

        var payload = ClientPayloads.Login(new DeviceProfile("whatsmeow"), Version, Jid.Parse(vectors.Inputs.Jid));

        Assert.Equal(Convert.ToHexString(vectors.WhatsmeowLogin.Hex), Convert.ToHexString(payload));
    }

    [Fact]
    public void Parse_WhenReplayed_ReadsTheRecordedContent()
    {
        var vectors = Vectors;
        PayloadVector[] all = [vectors.BaileysRegistration, vectors.BaileysLogin, vectors.WhatsmeowRegistration, vectors.WhatsmeowLogin];
        foreach (var expected in all)
        {
            var payload = ClientPayloads.Parse(expected.Hex);

            Assert.Equal(expected.Hex, payload.ToByteArray());
            Assert.Equal(WithoutProps(expected.Decoded, out var decodedProps), payload);
            if (decodedProps is null)
                continue;

            // The recorded content was read with a schema that ends before these two.
            var props = DeviceProps.Parser.ParseFrom(payload.DevicePairingData.DeviceProps);
            props.HistorySyncConfig.ClearSupportManusHistory();
            props.HistorySyncConfig.ClearSupportHatchHistory();
            Assert.Equal(decodedProps, props);
        }
    }

    [Fact]
    public void Parse_WhenTheBytesAreMutilated_FailsWithTypedErrors()
    {
        Mutilations.AssertTyped(Vectors.WhatsmeowRegistration.Hex, bytes => ClientPayloads.Parse(bytes));
        Mutilations.AssertTyped(Vectors.BaileysLogin.Hex, bytes => ClientPayloads.Parse(bytes));
    }

    [Fact]
    public void BuildHash_WhenReplayed_IsTheRecordedOne()
    {
        foreach (var expected in Vectors.BuildHash)
        {
            var version = WebVersion.Parse(expected.Version);

            Assert.Equal(expected.Md5, version.BuildHash());
            Assert.Equal(expected.Version, version.ToString());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("2.3000")]
    [InlineData("2.3000.1.4")]
    [InlineData("2.3000.-1")]
    [InlineData("2.3000. 1")]
    [InlineData("2.3000.99999999999")]
    public void WebVersion_WhenTheTextIsAnother_IsRefused(string text) => Assert.Throws<FormatException>(() => WebVersion.Parse(text));

    [Theory]
    [InlineData("222:3@lid")]
    [InlineData("status@broadcast")]
    public void Login_WhenTheJidIsNoPhoneNumber_IsRefused(string jid) =>
        Assert.Throws<ArgumentException>(() => ClientPayloads.Login(new DeviceProfile("Recado"), Version, Jid.Parse(jid)));

    private static ClientPayload WithoutProps(JsonElement decoded, out DeviceProps? props)
    {
        const string PairingData = "devicePairingData", Decoded = "devicePropsDecoded";
        var json = JsonNode.Parse(decoded.GetRawText())!.AsObject();
        props = null;
        if (json[PairingData]?.AsObject() is { } pairingData)
        {
            props = ProtoJson.Parse<DeviceProps>(pairingData[Decoded].Deserialize<JsonElement>());
            pairingData.Remove(Decoded);
        }

        return ProtoJson.Parse<ClientPayload>(json.Deserialize<JsonElement>());
    }

    internal sealed record PayloadVectors(
        string Description,
        InputVector Inputs,
        IReadOnlyList<HashVector> BuildHash,
        PayloadVector BaileysRegistration,
        PayloadVector BaileysLogin,
        PayloadVector WhatsmeowRegistration,
        PayloadVector WhatsmeowLogin);

    internal sealed record InputVector(
        uint RegistrationId,
        uint SignedPreKeyId,
        byte[] IdentityPub,
        byte[] IdentityPriv,
        byte[] SignedPreKeyPub,
        byte[] SignedPreKeySignature,
        string Jid);

    internal sealed record HashVector(string Version, byte[] Md5);

    internal sealed record PayloadVector(byte[] Hex, JsonElement Decoded);
}
