using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Binary;

/// <summary>The codec against packets written and read by two independent libraries.</summary>
public sealed class NodeVectorTests
{
    private const string WithEmptyAttribute = "empty attr string", WithUnknownDomain = "AD-JID domain 5 (plain agent)";

    public static TheoryData<string> Valid => [.. NodeVectors.Valid.Select(v => v.Name)];

    public static TheoryData<string> Invalid => [.. NodeVectors.Invalid.Select(v => v.Name)];

    public static TheoryData<string> Written => [.. NodeVectors.Valid.Where(v => !v.DecodeOnly).Select(v => v.Name)];

    /// <summary>Two forms are read and never written.</summary>
    public static TheoryData<string> Repeatable =>
        [.. NodeVectors.Valid.Select(v => v.Name).Where(n => n is not (WithEmptyAttribute or WithUnknownDomain))];

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
        var node = NodeCodec.Decode(NodeVectors.Named(WithUnknownDomain).Hex);

        Assert.Equal("393331234567.5:3@s.whatsapp.net", node["from"]);
    }

    [Theory, MemberData(nameof(Written))]
    public void Encode_WhenGivenAVector_WritesItsBytes(string name)
    {
        var vector = NodeVectors.Named(name);

        var packet = NodeCodec.Encode(vector.Node!.ToNode());

        Assert.Equal(Convert.ToHexStringLower(vector.Canonical), Convert.ToHexStringLower(packet));
    }

    [Theory, MemberData(nameof(Repeatable))]
    public void Encode_WhenTheNodeWasDecoded_ReadsBackAsTheSameNode(string name)
    {
        var node = NodeCodec.Decode(NodeVectors.Named(name).Hex);

        var again = NodeCodec.Decode(NodeCodec.Encode(node));

        Assert.Equal(NodeVectors.Describe(node), NodeVectors.Describe(again));
    }

    [Fact]
    public void Encode_WhenAnAttributeIsEmpty_LeavesItOut()
    {
        var node = NodeCodec.Decode(NodeVectors.Named(WithEmptyAttribute).Hex);

        var again = NodeCodec.Decode(NodeCodec.Encode(node));

        Assert.Equal("", node["companion_enc_static"]);
        Assert.Null(again["companion_enc_static"]);
        Assert.Equal(node["t"], again["t"]);
    }

    [Theory, MemberData(nameof(Invalid))]
    public void Decode_WhenGivenAMalformedVector_Refuses(string name)
    {
        var error = Assert.Throws<ProtocolException>(() => NodeCodec.Decode(NodeVectors.Named(name).Hex));

        Assert.True(error.Error is ProtocolError.TruncatedNode or ProtocolError.MalformedNode, error.Message);
        Assert.False(error.IsTransient);
    }
}
