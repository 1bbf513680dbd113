using CsCheck;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Binary;

/// <summary>Any node that can be built reads back as what was written.</summary>
public sealed class NodePropertyTests
{
    private const int Iterations = 1_000;

    private static readonly string[] Tokens = ["iq", "message", "s.whatsapp.net", "active", "google", "1", "404", "account_sync"];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOfConst(Tokens),
        Gen.String[Gen.Char["0123456789-."], 1, 140],
        Gen.String[Gen.Char["0123456789ABCDEF"], 1, 140],
        Gen.String[Gen.Char["abcé日 \"<&"], 1, 300]);

    private static readonly Gen<string> Digits = Gen.String[Gen.Char["0123456789"], 1, 18];

    private static readonly Gen<Jid> Jids = Gen.OneOf(
        Gen.Select(Digits, Gen.OneOfConst(JidServer.PhoneNumber, JidServer.Lid, JidServer.Hosted, JidServer.HostedLid), Gen.Byte, (u, s, d) => new Jid(u, s, d)),
        Gen.Select(Digits, Gen.OneOfConst(JidServer.Group, JidServer.LegacyUser, JidServer.Newsletter, JidServer.Bot, JidServer.Broadcast), (u, s) => new Jid(u, s)),
        Gen.Select(Digits, Gen.UShort, (u, d) => new Jid(u, JidServer.Messenger, d)),
        Gen.Select(Gen.String[Gen.Char["bob"], 1, 5], Gen.UShort, Gen.UShort, (u, d, i) => Jid.Parse($"{i}-{u}:{d}@interop")),
        Gen.OneOfConst(Jid.Service, Jid.StatusBroadcast));

    private static readonly Gen<NodeAttribute> Attributes = Gen.Select(
        Gen.String[Gen.Char.AlphaNumeric, 1, 8],
        Gen.OneOf(Text.Select(t => (object)t), Jids.Select(j => (object)j)),
        (key, value) => value is Jid jid ? new NodeAttribute(key, jid) : new NodeAttribute(key, (string)value));

    private static readonly Gen<Node> Nodes = Gen.Recursive<Node>((depth, node) => Gen.Select(
        Text,
        Attributes.Array[0, 6],
        Gen.Int[0, 4],
        depth < 4 ? node.Array[0, 3] : Gen.Const(Array.Empty<Node>()),
        Gen.Byte.Array[0, 400],
        Jids).Select((tag, attributes, kind, children, bytes, jid) => kind switch
        {
            0 => new Node(tag, attributes),
            1 => new Node(tag, attributes, bytes),
            2 => new Node(tag, attributes, Tokens[bytes.Length % Tokens.Length]),
            3 => new Node(tag, attributes, jid),
            _ => new Node(tag, attributes, children),
        }));

    [Fact]
    public void Decode_WhenTheNodeWasEncoded_GivesTheSameNode() => Nodes.Sample(
        node => Assert.Equal(NodeVectors.Describe(node), NodeVectors.Describe(NodeCodec.Decode(NodeCodec.Encode(node)))), iter: Iterations);

    [Fact]
    public void Encode_WhenTheNodeWasDecoded_WritesTheSameBytes() => Nodes.Sample(
        node =>
        {
            var packet = NodeCodec.Encode(node);
            Assert.Equal(packet, NodeCodec.Encode(NodeCodec.Decode(packet)));
        },
        iter: Iterations);

    [Fact]
    public void Parse_WhenTheJidWasPrinted_GivesTheSameJid() =>
        Jids.Sample(jid => Assert.Equal(jid, Jid.Parse(jid.ToString())), iter: Iterations);
}
