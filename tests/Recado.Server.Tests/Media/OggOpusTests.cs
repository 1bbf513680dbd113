using Recado.Server.Features.Media;

namespace Recado.Server.Tests.Media;

public sealed class OggOpusTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(61)]
    [InlineData(7200)]
    public async Task SecondsOf_AVoice_IsWhatItsLastPageSays(int seconds) =>
        Assert.Equal((uint)seconds, await OggOpus.SecondsOfAsync(new MemoryStream(SampleFiles.Voice(seconds)), Ct));

    [Fact]
    public async Task SecondsOf_SomethingElse_IsUnknown()
    {
        byte[][] others = [[], "OggS"u8.ToArray(), SampleFiles.Mp3, [.. SampleFiles.Voice(1).AsSpan(0, 28), .. "\u0001vorbis"u8, .. new byte[100]]];

        foreach (var other in others)
            Assert.Null(await OggOpus.SecondsOfAsync(new MemoryStream(other), Ct));
    }

    [Fact]
    public async Task SecondsOf_AVoiceCutAnywhere_DoesNotFail()
    {
        var voice = SampleFiles.Voice(5);

        for (var length = 0; length < voice.Length; length++)
            await OggOpus.SecondsOfAsync(new MemoryStream(voice[..length]), Ct);
    }
}
