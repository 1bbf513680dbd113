using Recado.Client.Connection;
using Recado.Protocol.Crypto;

namespace Recado.Client.Tests.Connection;

public sealed class BackoffTests
{
    [Fact]
    public void Next_WithoutJitter_GrowsByStepsUpToTheLimit()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6), new ConstantRandom(0x80));

        var delays = Enumerable.Range(0, 5).Select(_ => Math.Round(backoff.Next().TotalSeconds, 1)).ToArray();

        Assert.Equal([0, 2, 4, 6, 6], delays);
    }

    [Theory]
    [InlineData(0x00, 1.6)]
    [InlineData(0xFF, 2.4)]
    public void Next_AtTheEndsOfTheJitter_IsTwentyPercentOff(byte random, double seconds)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), new ConstantRandom(random));
        backoff.Next();

        Assert.Equal(seconds, backoff.Next().TotalSeconds, tolerance: 0.001);
    }

    [Fact]
    public void Next_AfterAReset_BeginsAgainAtOnce()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), new ConstantRandom(0x80));
        backoff.Next();
        backoff.Next();

        backoff.Reset();

        Assert.Equal(TimeSpan.Zero, backoff.Next());
    }

    private sealed class ConstantRandom(byte value) : IRandomSource
    {
        public void Fill(Span<byte> destination) => destination.Fill(value);
    }
}
