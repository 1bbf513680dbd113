using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Recado.Server.Features.Media;
using Recado.Server.Hosting;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Media;

/// <summary>What the programs ffmpeg and ffprobe are for, with and without them.</summary>
public sealed class MediaPreparationTests : IDisposable
{
    private static readonly string[] Tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"];
    private static readonly string[] Film = ["-f", "lavfi", "-i", "testsrc=duration=2:size=320x180:rate=10", "-pix_fmt", "yuv420p"];

    private readonly TemporaryFolder _folder = new();
    private readonly Pictures _pictures = new();
    private readonly MediaFiles _files;

    public MediaPreparationTests() => _files = new MediaFiles(Settings(), new FolderFiles(_folder.File("media")));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pictures.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("tone.mp3")]
    [InlineData("tone.wav")]
    [InlineData("tone.m4a")]
    [InlineData("tone.webm")]
    public async Task Prepare_OfASoundAsVoice_MakesItOggOpusWithLengthAndWaveform(string name)
    {
        var sound = await SampleFiles.MakeAsync(name, Tone);

        var (voice, facts) = await PrepareAsync("voice", sound);

        Assert.Equal("audio/ogg; codecs=opus", facts.MimeType);
        Assert.Equal(2u, facts.Seconds);
        Assert.Equal(2u, await OggOpus.SecondsOfAsync(new MemoryStream(voice), Ct));
        Assert.Equal((64, (byte)100), (facts.Waveform!.Length, facts.Waveform.Max()));
    }

    [Fact]
    public async Task Prepare_OfOggOpusAsVoice_LeavesItAsItIs()
    {
        var sound = await SampleFiles.MakeAsync("tone.ogg", [.. Tone, "-c:a", "libopus"]);

        var (voice, facts) = await PrepareAsync("voice", sound);

        Assert.Equal(sound, voice);
        Assert.Equal((2u, 64), (facts.Seconds, facts.Waveform!.Length));
    }

    [Theory]
    [InlineData("video")]
    [InlineData("video_note")]
    [InlineData("gif")]
    public async Task Prepare_OfAVideo_FindsSizeLengthAndFirstPicture(string kind)
    {
        var film = await SampleFiles.MakeAsync("film.mp4", Film);

        var (video, facts) = await PrepareAsync(kind, film);

        Assert.Equal(film, video);
        Assert.Equal((320u, 180u, 2u), (facts.Width, facts.Height, facts.Seconds));
        Assert.Equal("image/jpeg", MediaType.Of(facts.Thumbnail));
    }

    [Fact]
    public async Task Prepare_OfAGif_MakesItAVideo()
    {
        var film = await SampleFiles.MakeAsync("film.gif", [.. Film[..4]]);

        var (video, facts) = await PrepareAsync("gif", film);

        Assert.Equal(("video/mp4", "video/mp4"), (MediaType.Of(video), facts.MimeType));
        Assert.Equal((320u, 180u), (facts.Width, facts.Height));
    }

    [Fact]
    public async Task Prepare_OfASoundInTheContainerOfVideos_TellsThem()
    {
        var sound = await SampleFiles.MakeAsync("tone.mp4", Tone);
        var film = await SampleFiles.MakeAsync("film.mp4", Film);

        var (_, facts) = await PrepareAsync("audio", sound);
        var asSound = await Assert.ThrowsAsync<MediaRefusedException>(() => PrepareAsync("audio", film));
        var asVideo = await Assert.ThrowsAsync<MediaRefusedException>(() => PrepareAsync("video", sound));

        Assert.Equal(("audio/mp4", 2u), (facts.MimeType, facts.Seconds));
        Assert.Equal(("media_kind_mismatch", "media_damaged"), (asSound.Problem.Extensions["code"], asVideo.Problem.Extensions["code"]));
    }

    [Theory]
    [InlineData("voice", "mp3")]
    [InlineData("gif", "gif")]
    public async Task Prepare_WhenTheProgramIsMissing_SaysSoWhereItIsNeeded(string kind, string type)
    {
        byte[] file = type == "gif" ? [.. "GIF89a"u8, .. new byte[100]] : SampleFiles.Mp3;

        var e = await Assert.ThrowsAsync<MediaRefusedException>(() => PrepareAsync(kind, file, ffmpeg: RecadoSettings.NoFfmpeg));

        Assert.Equal("ffmpeg_missing", e.Problem.Extensions["code"]);
    }

    [Fact]
    public async Task Prepare_WhenTheProgramIsMissing_DoesWithoutWhereItIsNot()
    {
        var (voice, spoken) = await PrepareAsync("voice", SampleFiles.Voice(7), ffmpeg: RecadoSettings.NoFfmpeg);
        var (video, shown) = await PrepareAsync("video", SampleFiles.Mp4, ffmpeg: RecadoSettings.NoFfmpeg);

        Assert.Equal(SampleFiles.Voice(7), voice);
        Assert.Equal((7u, null), (spoken.Seconds, spoken.Waveform));
        Assert.Equal(SampleFiles.Mp4, video);
        Assert.Equal((0u, null), (shown.Seconds, shown.Thumbnail));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile '/etc/passwd'\n")]
    public async Task Probe_OfAFileThatNamesOtherFiles_ReadsNone(string text)
    {
        var path = _folder.File("list");
        await File.WriteAllTextAsync(path, text, Encoding.ASCII, Ct);
        using var ffmpeg = new Ffmpeg(Settings(), NullLogger<Ffmpeg>.Instance);

        Assert.Null(await ffmpeg.ProbeAsync(path, Ct));
    }

    [Fact]
    public async Task Prepare_WhenTheProgramCannotRead_RefusesTheSound()
    {
        var e = await Assert.ThrowsAsync<MediaRefusedException>(() => PrepareAsync("voice", [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. new byte[100]]));

        Assert.Equal("media_damaged", e.Problem.Extensions["code"]);
        Assert.Empty(Directory.GetFiles(_folder.File("media"), "*", SearchOption.AllDirectories));
    }

    private RecadoSettings Settings(string? ffmpeg = null) => new() { DataFolder = _folder.Path, FfmpegPath = ffmpeg };

    private async Task<(byte[] File, MediaFacts Facts)> PrepareAsync(string kind, byte[] bytes, string? ffmpeg = null)
    {
        using var program = new Ffmpeg(Settings(ffmpeg), NullLogger<Ffmpeg>.Instance);
        var given = _files.Create();
        var made = given;
        try
        {
            await given.WriteAsync(bytes, Ct);
            (made, var facts) = await new MediaPreparation(_files, _pictures, program)
                .PrepareAsync(SendableKind.Find(kind)!, given, await MediaFiles.TypeOfAsync(given, Ct), Ct);
            made.Position = 0;
            using var file = new MemoryStream();
            await made.CopyToAsync(file, Ct);
            return (file.ToArray(), facts);
        }
        finally
        {
            await MediaFiles.DiscardAsync(given);
            await MediaFiles.DiscardAsync(made);
        }
    }
}
