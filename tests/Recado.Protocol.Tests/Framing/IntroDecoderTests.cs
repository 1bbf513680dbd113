using Recado.Protocol.Framing;

namespace Recado.Protocol.Tests.Framing;

public sealed class IntroDecoderTests
{
    private static readonly byte[] RoutingInfo = [0x08, 0x04, 0x08, 0x0c];

    [Fact]
    public void TryRead_WhenThereIsNoRoutingInfo_GivesNoneAndTheRest()
    {
        var decoder = new IntroDecoder();
        decoder.Append([.. IntroHeader.Encode(), 1, 2, 3]);

        Assert.True(decoder.TryRead(out var routingInfo));
        Assert.Empty(routingInfo);
        Assert.Equal([1, 2, 3], decoder.Remainder.ToArray());
    }

    [Fact]
    public void TryRead_WhenTheHeaderIsSplitAnywhere_GivesItsRoutingInfoAndTheRest()
    {
        byte[] stream = [.. IntroHeader.Encode(RoutingInfo), 7, 8];
        var headerLength = stream.Length - 2;

        for (var split = 0; split <= stream.Length; split++)
        {
            var decoder = new IntroDecoder();
            decoder.Append(stream.AsSpan(0, split));
            Assert.Equal(split >= headerLength, decoder.TryRead(out var routingInfo));
            if (split < headerLength)
            {
                Assert.Empty(routingInfo);
                decoder.Append(stream.AsSpan(split));
                Assert.True(decoder.TryRead(out routingInfo));
            }
            else
            {
                decoder.Append(stream.AsSpan(split));
            }

            Assert.Equal(RoutingInfo, routingInfo);
            Assert.Equal([7, 8], decoder.Remainder.ToArray());
        }
    }

    [Theory]
    [InlineData("00")]
    [InlineData("57410602", Label = "other dictionary version")]
    [InlineData("57410503")]
    [InlineData("474554202f20", Label = "HTTP")]
    [InlineData("45440002", Label = "other prelude version")]
    [InlineData("45440001ffffff", Label = "16 MiB of routing information")]
    [InlineData("454400010000010057410602")]
    public void TryRead_WhenAByteIsWrong_RefusesWithoutWaitingForMore(string hex)
    {
        var decoder = new IntroDecoder();
        decoder.Append(Convert.FromHexString(hex));

        var error = Assert.Throws<ProtocolException>(() => decoder.TryRead(out _));

        Assert.Equal(ProtocolError.MalformedIntro, error.Error);
    }

    [Fact]
    public void Encode_WhenTheRoutingInfoIsTooLong_Refuses() =>
        Assert.Throws<ArgumentException>(() => IntroHeader.Encode(new byte[IntroHeader.MaxRoutingInfoLength + 1]));
}
