using System.Buffers;
using Recado.Protocol.Framing;

namespace Recado.Protocol.Tests.Framing;

public sealed class FrameDecoderTests
{
    private static readonly byte[][] Bodies = [[], [1], [.. Enumerable.Range(0, 255).Select(i => (byte)i)], new byte[70_000], [9, 9, 9]];

    private static readonly byte[] Stream = [.. Bodies.SelectMany(b => FrameEncoder.Encode(b))];

    [Fact]
    public void TryRead_WhenTheStreamComesByteByByte_GivesEveryFrame() => AssertFrames(Chunks(Stream, size: 1));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(65_537)]
    public void TryRead_WhenTheStreamComesInPieces_GivesEveryFrame(int size) => AssertFrames(Chunks(Stream, size));

    [Fact]
    public void TryRead_WhenTheStreamIsSplitOnceAnywhere_GivesEveryFrame()
    {
        byte[][] bodies = [[], [1], [2, 3, 4], new byte[300]];
        byte[] stream = [.. bodies.SelectMany(b => FrameEncoder.Encode(b))];

        for (var split = 0; split <= stream.Length; split++)
            Assert.Equal(bodies, Read(new FrameDecoder(), [stream[..split], stream[split..]]));
    }

    [Fact]
    public void TryRead_WhenOnlyPartOfAFrameHasArrived_GivesNothing()
    {
        var frame = FrameEncoder.Encode([1, 2, 3]);

        for (var length = 0; length < frame.Length; length++)
            Assert.Empty(Read(new FrameDecoder(), [frame[..length]]));
    }

    [Fact]
    public void TryRead_WhenTheFrameIsLongerThanAccepted_RefusesAtItsLength()
    {
        var decoder = new FrameDecoder(maxFrameLength: 1000);
        decoder.Append([0x00, 0x03, 0xe9]);

        var error = Assert.Throws<ProtocolException>(() => decoder.TryRead(out _));

        Assert.Equal(ProtocolError.FrameTooLarge, error.Error);
        Assert.Contains("1001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_WhenAGiantFrameIsOnlyAnnounced_CostsNothing()
    {
        var decoder = new FrameDecoder();
        var before = GC.GetAllocatedBytesForCurrentThread();

        decoder.Append([0xff, 0xff, 0xff, 1, 2, 3]);
        var isComplete = decoder.TryRead(out _);

        Assert.False(isComplete);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }

    [Fact]
    public void Write_WhenTheBodyHasTheGreatestLength_FramesIt()
    {
        var output = new ArrayBufferWriter<byte>();

        FrameEncoder.Write(output, new byte[FrameEncoder.MaxBodyLength]);

        Assert.Equal([0xff, 0xff, 0xff], output.WrittenSpan[..3].ToArray());
        Assert.Equal(FrameEncoder.GetLength(FrameEncoder.MaxBodyLength), output.WrittenCount);
        Assert.Single(Read(new FrameDecoder(), [output.WrittenSpan.ToArray()]));
    }

    [Fact]
    public void Encode_WhenTheBodyIsTooLong_Refuses() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameEncoder.Encode(new byte[FrameEncoder.MaxBodyLength + 1]));

    private static void AssertFrames(IEnumerable<byte[]> chunks) => Assert.Equal(Bodies, Read(new FrameDecoder(), chunks));

    private static IEnumerable<byte[]> Chunks(byte[] stream, int size) => stream.Chunk(size);

    private static List<byte[]> Read(FrameDecoder decoder, IEnumerable<byte[]> chunks)
    {
        var frames = new List<byte[]>();
        foreach (var chunk in chunks)
        {
            decoder.Append(chunk);
            while (decoder.TryRead(out var frame))
                frames.Add(frame.ToArray());
        }

        return frames;
    }
}
