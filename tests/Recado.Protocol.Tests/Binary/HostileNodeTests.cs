using System.IO.Compression;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Binary;

/// <summary>Whatever the bytes, decoding ends in a node or in a <see cref="ProtocolException"/>, at a bounded cost.</summary>
public sealed class HostileNodeTests
{
    private const long AffordableBytes = 256 * 1024;

    private static readonly byte[] Tags = [0, 0xec, 0xef, 0xf0, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];

    public static TheoryData<string> Valid => [.. NodeVectors.Valid.Select(v => v.Name)];

    [Theory, MemberData(nameof(Valid))]
    public void Decode_WhenCutAnywhere_Refuses(string name)
    {
        var packet = NodeVectors.Named(name).Hex;

        for (var length = 0; length < packet.Length; length++)
            Assert.Throws<ProtocolException>(() => NodeCodec.Decode(packet.AsSpan(0, length)));
    }

    [Theory, MemberData(nameof(Valid))]
    public void Decode_WhenAnyBitIsFlipped_RefusesOrGivesANodeThatCanBeWritten(string name)
    {
        byte[] packet = [.. NodeVectors.Named(name).Hex];

        for (var bit = 0; bit < 8 * packet.Length; bit++)
        {
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            DecodeOrRefuse(packet);
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory, MemberData(nameof(Valid))]
    public void Decode_WhenAnyByteIsReplacedByATag_RefusesOrGivesANodeThatCanBeWritten(string name)
    {
        byte[] packet = [.. NodeVectors.Named(name).Hex];

        for (var i = 0; i < Math.Min(packet.Length, 64); i++)
        {
            var original = packet[i];
            foreach (var tag in Tags)
            {
                packet[i] = tag;
                DecodeOrRefuse(packet);
            }

            packet[i] = original;
        }
    }

    [Theory, MemberData(nameof(Valid))]
    public void Decode_WhenAByteFollows_Refuses(string name) =>
        Assert.Throws<ProtocolException>(() => NodeCodec.Decode([.. NodeVectors.Named(name).Hex, 0]));

    [Theory]
    [InlineData("00f8020dfeffffffff", "four-byte length")]
    [InlineData("00f8020dfe7fffffff", "four-byte length that fits an int")]
    [InlineData("00f8020dfdffffff", "twenty-bit length")]
    [InlineData("00f8020dfcff", "one-byte length")]
    [InlineData("00f90000", "empty long list")]
    [InlineData("00f9ffff19", "attributes")]
    [InlineData("00f80219f9ffff", "children")]
    [InlineData("00f80319080008", "empty packed text")]
    [InlineData("00f80319ffff", "packed text")]
    [InlineData("00f8031908ff80", "half a byte of nothing")]
    public void Decode_WhenALengthLies_RefusesBeforeAllocating(string hex, string lie)
    {
        var packet = Convert.FromHexString(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<ProtocolException>(() => NodeCodec.Decode(packet));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < AffordableBytes, lie);
        Assert.True(error.Error is ProtocolError.TruncatedNode or ProtocolError.MalformedNode, error.Message);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(10_000, false)]
    public void Decode_WhenNestedDeeply_StopsAtTheBound(int depth, bool isAccepted)
    {
        // each level but the last: list(2) "message" list(1)
        byte[] level = [0xf8, 0x02, 0x13, 0xf8, 0x01];
        byte[] packet = [0, .. Enumerable.Repeat(level, depth - 1).SelectMany(l => l), 0xf8, 0x01, 0x13];

        var error = Record.Exception(() => NodeCodec.Decode(packet));

        if (isAccepted)
            Assert.Null(error);
        else
            Assert.Equal(ProtocolError.NodeTooLarge, Assert.IsType<ProtocolException>(error).Error);
    }

    [Theory]
    [InlineData("f80213f9ea60", "f80113", 60_000)] // <message> with 60,000 times <message/>
    [InlineData("f9ffff13", "0808", 32_767)] // <message> with 32,767 attributes
    public void Decode_WhenThereAreMillionsOfNodesOrAttributes_StopsAtTheBound(string head, string item, int count)
    {
        byte[] items = [.. Enumerable.Repeat(Convert.FromHexString(item), count).SelectMany(i => i)];
        byte[] branch = [.. Convert.FromHexString(head), .. items];
        byte[] packet = [0, 0xf8, 0x02, 0x13, 0xf8, 35, .. Enumerable.Repeat(branch, 35).SelectMany(b => b)];

        var error = Assert.Throws<ProtocolException>(() => NodeCodec.Decode(packet));

        Assert.Equal(ProtocolError.NodeTooLarge, error.Error);
    }

    [Fact]
    public void Decode_WhenCompressedHugely_StopsAtTheBound()
    {
        var bomb = Compress(new byte[65 << 20]);

        var error = Assert.Throws<ProtocolException>(() => NodeCodec.Decode(bomb));

        Assert.Equal(ProtocolError.NodeTooLarge, error.Error);
        Assert.True(bomb.Length < 100_000);
    }

    [Fact]
    public void Decode_WhenCompressedWithinTheBound_GivesTheNode()
    {
        var node = new Node("message", [], new byte[60 << 20]);

        var decoded = NodeCodec.Decode(Compress(NodeCodec.Encode(node).AsSpan(1)));

        Assert.Equal(60 << 20, decoded.Bytes.Length);
    }

    [Fact]
    public void Decode_WhenTheCompressedFormIsNone_Refuses()
    {
        foreach (var body in new[] { "", "00", "789c", "ffffffffffff", "f80113" })
            Assert.Throws<ProtocolException>(() => NodeCodec.Decode(Convert.FromHexString($"02{body}")));
    }

    [Fact]
    public void Decode_WhenGivenNoise_RefusesOrGivesANode() =>
        CsCheck.Check.Sample(CsCheck.Gen.Byte.Array[1, 200], packet => DecodeOrRefuse([0, 0xf8, .. packet]), iter: 20_000);

    private static void DecodeOrRefuse(byte[] packet)
    {
        Node node;
        try
        {
            node = NodeCodec.Decode(packet);
        }
        catch (ProtocolException)
        {
            return;
        }

        NodeCodec.Decode(NodeCodec.Encode(node));
        _ = node.ToString();
    }

    private static byte[] Compress(ReadOnlySpan<byte> node)
    {
        using var output = new MemoryStream();
        output.WriteByte(2);
        using (var zlib = new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(node);

        return output.ToArray();
    }
}
