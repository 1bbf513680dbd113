using System.Text;
using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Pairing;

/// <summary>A recorded linking and first login of another client: every stanza decodes, and everything in it can be read.</summary>
public sealed class SessionTranscriptTests
{
    private const long RecordedAtMs = 1_767_225_600_000;

    private static TranscriptVectors Vectors => VectorFile.Load<TranscriptVectors>("pairing/session-qr.json");

    [Fact]
    public void NodeCodec_WhenEveryStanzaIsReplayed_ReadsAndWritesTheRecordedBytes()
    {
        var events = Vectors.Events.Where(e => e.Plaintext is not null).ToList();
        Assert.NotEmpty(events);
        foreach (var e in events)
        {
            var node = NodeCodec.Decode(e.Plaintext);

            Assert.Equal(Shape(e.Node!), Shape(node));
            Assert.Equal(Shape(node), Shape(NodeCodec.Decode(NodeCodec.Encode(node))));
            if (IsCanonical(e.Node!))
                Assert.Equal(Convert.ToHexString(e.Plaintext!), Convert.ToHexString(NodeCodec.Encode(node)));
        }
    }

    [Fact]
    public void Events_WhenReplayed_AreOfKnownKinds()
    {
        foreach (var e in Vectors.Events)
        {
            switch (e.Dir)
            {
                case "http":
                    Assert.Equal("/ws/chat", e.Url);
                    Assert.Equal("https://web.whatsapp.com", e.Headers!["origin"]);
                    break;
                case "intro":
                    Assert.Equal(IntroHeader.Encode(), e.Hex);
                    break;
                case "close":
                    Assert.Equal(1005, e.Code);
                    break;
                default:
                    Assert.True(e.Dir is "c->s" or "s->c" && (e.Node is not null || e.ClientPayloadHex is not null));
                    break;
            }
        }
    }

    [Fact]
    public void ClientPayloads_WhenReplayed_AreARegistrationAndALogin()
    {
        var payloads = Vectors.Events.Where(e => e.ClientPayloadHex is not null).Select(e => e.ClientPayloadHex!).ToList();

        var registration = ClientPayloads.Parse(payloads[0]);
        var login = ClientPayloads.Parse(payloads[1]);

        Assert.Equal(2, payloads.Count);
        Assert.All(payloads, bytes => Assert.Equal(bytes, ClientPayloads.Parse(bytes).ToByteArray()));
        var data = registration.DevicePairingData;
        var version = registration.UserAgent.AppVersion;
        Assert.Equal(new WebVersion(version.Primary, version.Secondary, version.Tertiary).BuildHash(), data.BuildHash.ToByteArray());
        Assert.True(XEdDsa.Verify(data.EIdent.Span, [PublicKey.Type, .. data.ESkeyVal.Span], data.ESkeySig.Span));
        Assert.Equal(1u, PreKeyId.Decode(data.ESkeyId.Span));
        Assert.Equal(DeviceProps.Types.PlatformType.Chrome, DeviceProps.Parser.ParseFrom(data.DeviceProps).PlatformType);
        Assert.False(registration.HasUsername);
        Assert.Equal((393331234567ul, 7u, true), (login.Username, login.Device, login.Passive));
        Assert.Null(login.DevicePairingData);
    }

    [Fact]
    public void PairDevice_WhenReplayed_GivesSixCodes()
    {
        var refs = Received("pair-device").RequiredChild("pair-device").ChildrenOf("ref").ToList();
        var (noise, identity, secret) = (new byte[32], new byte[32], new byte[32]);

        var codes = refs.Select(reference => QrCode.Parse(QrCode.Format(reference.Bytes.Span, noise, identity, secret, "1"))).ToList();

        Assert.Equal(6, codes.Count);
        Assert.Equal(refs.Select(reference => reference.Text), codes.Select(code => code.Ref));
    }

    [Fact]
    public void PairSuccess_WhenReplayed_HoldsAVouchedIdentityThatTheAnswerCompletes()
    {
        var success = Received("pair-success").RequiredChild("pair-success");
        var answer = Sent("pair-device-sign").RequiredChild("pair-device-sign").RequiredChild("device-identity");
        var companion = Registration.DevicePairingData.EIdent.ToByteArray();

        var container = AdvSignedDeviceIdentityHmac.Parser.ParseFrom(success.RequiredChild("device-identity").Bytes.Span);
        var signed = AdvSignedDeviceIdentity.Parser.ParseFrom(container.Details);
        var details = AdvDeviceIdentity.Parser.ParseFrom(signed.Details);
        var account = AdvIdentity.CompleteReply(answer.Bytes.Span, companion, signed.AccountSignatureKey.Span);
        var props = ClientPairingProps.Parser.ParseFrom(success.RequiredChild("client-props").Bytes.Span);

        Assert.NotNull(account);
        Assert.Equal($"{details.KeyIndex}", answer.Required("key-index"));
        Assert.Equal(signed.Details, AdvSignedDeviceIdentity.Parser.ParseFrom(account).Details);
        Assert.Equal(Jid.Parse("393331234567:7@s.whatsapp.net"), success.RequiredChild("device").RequiredJid("jid"));
        Assert.Equal(Jid.Parse("123456789012345:7@lid"), success.RequiredChild("device").RequiredJid("lid"));
        Assert.True(props is { IsChatDbLidMigrated: true, IsSyncdSnapshotRecoveryEnabled: true });
    }

    [Fact]
    public void PreKeyUpload_WhenReplayed_CanStartASession()
    {
        var recorded = Vectors.Events.Single(e => e.Node is { Tag: "iq" } && e.Plaintext is null).Node!;

        var upload = PreKeyStanzas.ParseUpload(ToNode(recorded));
        var key = Assert.Single(upload.PreKeys);
        var bundle = new PreKeyBundle(
            upload.RegistrationId,
            upload.IdentityKey,
            key.Id,
            key.PublicKey,
            upload.SignedPreKey.Id,
            upload.SignedPreKey.PublicKey,
            upload.SignedPreKey.Signature);

        Assert.Equal(Registration.DevicePairingData.EIdent.ToByteArray(), upload.IdentityKey);
        Assert.True(SessionCipher.Start(null, LocalIdentity.Generate(new SeededRandom(1)), bundle, new SeededRandom(2)).CanSend);
    }

    [Fact]
    public void UnifiedSession_WhenReplayed_IsTheTimeOfTheWeek()
    {
        var ids = Vectors.Events
            .Where(e => e.Node?.Content is [{ Tag: "unified_session" }])
            .Select(e => e.Node!.Content![0].Attrs["id"])
            .ToList();

        // The recorded ids differ from that of the service's time by the milliseconds that had passed.
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.InRange(int.Parse(id, null) - int.Parse(UnifiedSession.Id(RecordedAtMs), null), 0, 999));
    }

    [Fact]
    public void NodeCodec_WhenAStanzaIsMutilated_FailsWithTypedErrors()
    {
        foreach (var plaintext in Vectors.Events.Select(e => e.Plaintext).OfType<byte[]>())
            Mutilations.AssertTyped(plaintext, bytes => NodeCodec.Decode(bytes));
    }

    private static ClientPayload Registration =>
        ClientPayloads.Parse(Vectors.Events.First(e => e.ClientPayloadHex is not null).ClientPayloadHex!);

    private static Node Received(string child) => Find("s->c", child);

    private static Node Sent(string child) => Find("c->s", child);

    private static Node Find(string direction, string child) => NodeCodec.Decode(Vectors.Events
        .Single(e => e.Dir == direction && e.Plaintext is not null && e.Node!.Content is [var first, ..] && first.Tag == child)
        .Plaintext);

    private static Node ToNode(RecordedNode node)
    {
        List<NodeAttribute> attributes = [.. node.Attrs.Select(attribute => (NodeAttribute)(attribute.Key, attribute.Value))];
        return node.ContentHex is { } bytes
            ? new Node(node.Tag, attributes, bytes)
            : new Node(node.Tag, attributes, [.. (node.Content ?? []).Where(child => child.Tag is not ['.', '.', '.', ..]).Select(ToNode)]);
    }

    /// <summary>Attributes without a value and lists without a child are read, but not written.</summary>
    private static bool IsCanonical(RecordedNode node) =>
        !node.Attrs.ContainsValue("") && node.Content is not [] && (node.Content ?? []).All(IsCanonical);

    private static string Shape(RecordedNode node)
    {
        // The recording writes the service's JID with an empty user before the @.
        var attributes = node.Attrs
            .Where(attribute => attribute.Value.Length > 0)
            .Select(attribute => $" {attribute.Key}={attribute.Value.TrimStart('@')}")
            .Order(StringComparer.Ordinal);
        var content = node.ContentHex is { } bytes ? Convert.ToHexString(bytes) : string.Concat(node.Content?.Select(Shape) ?? []);
        return $"<{node.Tag}{string.Concat(attributes)}>{content}</>";
    }

    private static string Shape(Node node)
    {
        var attributes = node.Attributes
            .Where(attribute => attribute.Value.Length > 0)
            .Select(attribute => $" {attribute.Key}={attribute.Value}")
            .Order(StringComparer.Ordinal);
        var content = node.ContentKind switch
        {
            NodeContentKind.Nodes => string.Concat(node.Children.Select(Shape)),
            NodeContentKind.Text => Convert.ToHexString(Encoding.UTF8.GetBytes(node.Text)),
            _ => Convert.ToHexString(node.Bytes.Span),
        };
        return $"<{node.Tag}{string.Concat(attributes)}>{content}</>";
    }

    internal sealed record TranscriptVectors(string Description, IReadOnlyList<RecordedEvent> Events);

    internal sealed record RecordedEvent(
        int Conn,
        string Dir,
        string? Url = null,
        Dictionary<string, string>? Headers = null,
        byte[]? Hex = null,
        byte[]? ClientPayloadHex = null,
        byte[]? Plaintext = null,
        RecordedNode? Node = null,
        int? Code = null);

    internal sealed record RecordedNode(
        string Tag, Dictionary<string, string> Attrs, IReadOnlyList<RecordedNode>? Content = null, byte[]? ContentHex = null);
}
