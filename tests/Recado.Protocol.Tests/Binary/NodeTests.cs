using System.Buffers;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Binary;

public sealed class NodeTests
{
    private static readonly Jid Ana = Jid.Parse("5511900000001:3@s.whatsapp.net");

    private static readonly Node Iq = new(
        "iq",
        [("id", "1.2-3"), ("to", Jid.Service), ("from", Ana), ("participant", "123@lid"), ("count", 812), ("none", (string?)null), ("nobody", (Jid?)null)],
        [new Node("list"), Node.Of("key", [5]), Node.Of("key", "text")]);

    [Fact]
    public void Attributes_WhenAValueIsNull_LeaveItOut() =>
        Assert.Equal(["id", "to", "from", "participant", "count"], Iq.Attributes.Select(a => a.Key));

    [Fact]
    public void Attributes_WhenRead_GiveTextNumbersAndJids()
    {
        Assert.Equal("1.2-3", Iq["id"]);
        Assert.Equal("s.whatsapp.net", Iq["to"]);
        Assert.Null(Iq["none"]);
        Assert.Equal(812, Iq.NumberOf("count"));
        Assert.Null(Iq.NumberOf("id"));
        Assert.Null(Iq.NumberOf("none"));
        Assert.Equal(Ana, Iq.RequiredJid("from"));
        Assert.Equal(new Jid("123", JidServer.Lid), Iq.JidOf("participant"));
        Assert.Null(Iq.JidOf("id"));
        Assert.True(Iq.IsJid("from"));
        Assert.False(Iq.IsJid("participant"));
        Assert.False(Iq.IsJid("none"));
    }

    [Fact]
    public void Required_WhenSomethingIsMissing_NamesIt()
    {
        AssertMalformed("<iq> has no attribute 'type'.", () => Iq.Required("type"));
        AssertMalformed("<iq> has no attribute 'type'.", () => Iq.RequiredJid("type"));
        AssertMalformed("The attribute 'id' of <iq> is no JID.", () => Iq.RequiredJid("id"));
        AssertMalformed("<iq> has no child <error>.", () => Iq.RequiredChild("error"));
    }

    [Fact]
    public void Children_WhenRead_AreFoundByTag()
    {
        Assert.Equal(["list", "key", "key"], Iq.Children.Select(c => c.Tag));
        Assert.Equal(2, Iq.ChildrenOf("key").Count());
        Assert.Same(Iq.Children[1], Iq.RequiredChild("key"));
        Assert.Null(Iq.Child("error"));
        Assert.Empty(Iq.Children[0].Children);
    }

    [Fact]
    public void Content_WhenRead_ComesAsBytesAndAsText()
    {
        Assert.Equal((NodeContentKind.Text, "zoë"), (Node.Of("a", "zoë").ContentKind, Node.Of("a", "zoë").Text));
        Assert.Equal("zoë"u8.ToArray(), Node.Of("a", "zoë").Bytes.ToArray());
        Assert.Equal("zoë", Node.Of("a", "zoë"u8.ToArray()).Text);
        Assert.Equal(NodeContentKind.Jid, new Node("a", [], Ana).ContentKind);
        Assert.Equal(Ana.ToString(), new Node("a", [], Ana).Text);
        Assert.Equal((NodeContentKind.None, "", 0), (new Node("a").ContentKind, new Node("a").Text, new Node("a").Bytes.Length));
        Assert.False(new Node("a", [("b", "c")]).HasContent);
    }

    [Fact]
    public void Decode_WhenAnAttributeComesTwice_TheLastCounts()
    {
        // <iq id="1" id="0"/>
        var node = NodeCodec.Decode([0x00, 0xf8, 0x05, 0x19, 0x08, 0x55, 0x08, 0x2d]);

        Assert.Equal("0", node["id"]);
    }

    [Fact]
    public void ToString_WhenLogged_ShowsBytesByTheirLengthOnly()
    {
        var node = new Node("message", [("from", Ana), ("notify", "a \"b\" <c> & d\n")], [Node.Of("enc", new byte[163]), Node.Of("x", [7]), new Node("y")]);

        Assert.Equal(
            "<message from=\"5511900000001:3@s.whatsapp.net\" notify=\"a &quot;b&quot; &lt;c> &amp; d&#10;\"><enc><!-- 163 bytes --></enc><x><!-- 1 byte --></x><y/></message>",
            node.ToString());
    }

    [Fact]
    public void Encode_WhenGivenAWriter_WritesTheSamePacket()
    {
        var output = new ArrayBufferWriter<byte>();

        NodeCodec.Encode(Iq, output);

        Assert.Equal(NodeCodec.Encode(Iq), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Encode_WhenTheNodeExceedsTheFormat_BlamesTheCaller()
    {
        var deep = Enumerable.Range(0, 64).Aggregate(new Node("a"), (child, _) => new Node("a", [], [child]));
        var wide = new Node("a", [], Enumerable.Repeat(new Node("b"), ushort.MaxValue + 1).ToArray());
        var dressed = new Node("a", [.. Enumerable.Range(0, 32_767).Select(i => new NodeAttribute($"k{i}", "v"))]);

        Assert.All([deep, wide, dressed], node => Assert.Throws<ArgumentException>(() => NodeCodec.Encode(node)));
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) - 1)]
    public void Encode_WhenTheBytesAreMany_ReadsBack(int length) =>
        Assert.Equal(length, NodeCodec.Decode(NodeCodec.Encode(Node.Of("enc", new byte[length]))).Bytes.Length);

    private static void AssertMalformed(string message, Func<object> read)
    {
        var error = Assert.Throws<ProtocolException>(read);
        Assert.Equal((ProtocolError.MalformedStanza, message), (error.Error, error.Message));
    }
}
