using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Binary;

/// <summary>The codec against packets written and read by two independent libraries.</summary>
public sealed class NodeVectorTests
{
    public static TheoryData<string> Valid => [.. NodeVectors.Valid.Select(v => v.Name)];

    public static TheoryData<string> Invalid => [.. NodeVectors.Invalid.Select(v => v.Name)];

    public static TheoryData<string> Written => [.. NodeVectors.Valid.Where(v => !v.DecodeOnly).Select(v => v.Name)];

    [Theory, MemberData(nameof(Valid))]
    public void Decode_WhenGivenAVector_GivesItsNode(string name)
    {
        var vector = NodeVectors.Named(name);
        string[] expected = [.. new[] { vector.Node, vector.WhatsmeowDecodes }.OfType<VectorNode>().Select(n => NodeVectors.Describe(n.ToNode()))];

        var node = NodeCodec.Decode(vector.Hex);

        Assert.Contains(NodeVectors.Describe(node), expected);
    }

    [Fact]
    public void Decode_WhenADeviceJidHasAnUnknownDomain_KeepsItAsTheAgent()
    {
        var node = NodeCodec.Decode(NodeVectors.Named("AD-JID domain 5 (plain agent)").Hex);

        Assert.Equal("393331234567.5:3@s.whatsapp.net", node["from"]);
    }

    [Theory, MemberData(nameof(Written))]
    public void Encode_WhenGivenAVector_WritesItsBytes(string name)
    {
        var vector = NodeVectors.Named(name);

        var packet = NodeCodec.Encode(vector.Node!.ToNode());

        Assert.Equal(Convert.ToHexStringLower(vector.Canonical), Convert.ToHexStringLower(packet));
    }

    [Theory, MemberData(nameof(Valid))]
    public void Encode_WhenTheNodeWasDecoded_ReadsBackAsTheSameNode(string name)
    {
        var node = NodeCodec.Decode(NodeVectors.Named(name).Hex);
        var withoutEmpty = new Node(node.Tag, [.. node.Attributes.Where(a => a.Value.Length > 0)]);

        var again = NodeCodec.Decode(NodeCodec.Encode(node));

        Assert.Equal(node.ContentKind, again.ContentKind);
        Assert.Equal(NodeVectors.Describe(withoutEmpty).Replace(".5:3@", ":3@"), NodeVectors.Describe(new Node(again.Tag, again.Attributes)));
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Decode_WhenGivenAMalformedVector_Refuses(string name)
    {
        var error = Assert.Throws<ProtocolException>(() => NodeCodec.Decode(NodeVectors.Named(name).Hex));

        Assert.True(error.Error is ProtocolError.TruncatedNode or ProtocolError.MalformedNode, error.Message);
        Assert.False(error.IsTransient);
    }
}
