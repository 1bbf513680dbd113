using System.Globalization;

namespace Recado.Server.Features.Media;

/// <summary>Makes of a file what its kind of message needs, and finds out what the message says about it. Thread-safe.</summary>
internal sealed class MediaPreparation(MediaFiles files, Pictures pictures, Ffmpeg ffmpeg)
{
    private const string VoiceType = "audio/ogg; codecs=opus";
    private const int LongestPicture = 1024 * 1024;

    /// <param name="file">The file as it was given.</param>
    /// <param name="type">Its type by content.</param>
    /// <returns>The file to send, which may be <paramref name="file"/>; the caller closes both.</returns>
    /// <exception cref="MediaRefusedException">It cannot be sent as this kind.</exception>
    public async Task<(FileStream File, MediaFacts Facts)> PrepareAsync(SendableKind kind, FileStream file, string type, CancellationToken ct)
    {
        await file.FlushAsync(ct); // others read it by name
        return kind.Name switch
        {
            "image" => (file, await pictures.LookAsync(file.Name, type, ct)),
            "sticker" => await StickerAsync(file, type, ct),
            "voice" => await VoiceAsync(kind, file, ct),
            "audio" => (file, await AudioAsync(kind, file, type, ct)),
            "gif" when type == "image/gif" => await GifAsync(kind, file, ct),
            "video" or "gif" or "video_note" => (file, await VideoAsync(file, type, ct)),
            _ => (file, new MediaFacts(type)),
        };
    }

    private async Task<(FileStream, MediaFacts)> StickerAsync(FileStream file, string type, CancellationToken ct)
    {
        if (type == Pictures.Webp && await pictures.LookAtStickerAsync(file.Name, ct) is { } facts)
            return (file, facts);

        return await MakeAsync(async sticker => await pictures.MakeStickerAsync(file.Name, sticker, ct));
    }

    private async Task<(FileStream, MediaFacts)> VoiceAsync(SendableKind kind, FileStream file, CancellationToken ct)
    {
        if (await OggOpus.SecondsOfAsync(file, ct) is { } seconds)
            return (file, new MediaFacts(VoiceType) { Seconds = seconds, Waveform = await WaveformAsync(file.Name, ct) });
        if (!ffmpeg.IsPresent)
            throw MediaRefusedException.FfmpegMissing("A voice note from anything but Ogg Opus");

        return await MakeAsync(async voice =>
        {
            string[] how = ["-map", "0:a:0", "-vn", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-map_metadata", "-1", "-f", "ogg"];
            if (!await ffmpeg.ConvertAsync(file.Name, voice.Name, how, kind.Limit, ct) || await OggOpus.SecondsOfAsync(voice, ct) is not { } length)
                throw MediaRefusedException.Damaged("The sound cannot be converted into a voice note.");

            return new MediaFacts(VoiceType) { Seconds = length, Waveform = await WaveformAsync(voice.Name, ct) };
        });
    }

    private async Task<MediaFacts> AudioAsync(SendableKind kind, FileStream file, string type, CancellationToken ct)
    {
        if (type == "video/mp4") // the same container holds sounds, and only a look inside tells
        {
            return await ffmpeg.ProbeAsync(file.Name, ct) is { HasVideo: false, HasAudio: true } sound
                ? new MediaFacts("audio/mp4") { Seconds = sound.Seconds }
                : throw MediaRefusedException.Mismatch(kind, type);
        }

        var opus = type == "audio/ogg" ? await OggOpus.SecondsOfAsync(file, ct) : null;
        var seconds = opus ?? (await ffmpeg.ProbeAsync(file.Name, ct))?.Seconds ?? 0;
        return new MediaFacts(opus is null ? type : VoiceType) { Seconds = seconds };
    }

    private Task<(FileStream, MediaFacts)> GifAsync(SendableKind kind, FileStream file, CancellationToken ct)
    {
        if (!ffmpeg.IsPresent)
            throw MediaRefusedException.FfmpegMissing("A GIF, which WhatsApp shows as a video,");

        return MakeAsync(async video =>
        {
            string[] how =
            [
                "-an", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-vf", "scale=trunc(min(iw\\,1280)/2)*2:-2", "-movflags", "+faststart", "-f", "mp4",
            ];
            return await ffmpeg.ConvertAsync(file.Name, video.Name, how, kind.Limit, ct)
                ? await VideoAsync(video, "video/mp4", ct)
                : throw MediaRefusedException.Damaged("The GIF cannot be converted into a video.");
        });
    }

    private async Task<MediaFacts> VideoAsync(FileStream file, string type, CancellationToken ct)
    {
        if (await ffmpeg.ProbeAsync(file.Name, ct) is not { } probe)
            return new MediaFacts(type); // without the programs the message goes without what only they can tell

        if (!probe.HasVideo)
            throw MediaRefusedException.Damaged("The file has no picture; send it as 'audio'.");

        return new MediaFacts(type) { Width = probe.Width, Height = probe.Height, Seconds = probe.Seconds, Thumbnail = await FirstPictureAsync(file.Name, ct) };
    }

    private async Task<byte[]?> FirstPictureAsync(string path, CancellationToken ct)
    {
        var picture = files.Create();
        try
        {
            string[] how = ["-frames:v", "1", "-vf", "scale=min(iw\\,640):-2", "-c:v", "png", "-f", "image2pipe", "-update", "1"];
            return await ffmpeg.ConvertAsync(path, picture.Name, how, LongestPicture, ct) ? await pictures.ThumbnailAsync(picture.Name, ct) : null;
        }
        finally
        {
            await MediaFiles.DiscardAsync(picture);
        }
    }

    private async Task<byte[]?> WaveformAsync(string path, CancellationToken ct)
    {
        if (!ffmpeg.IsPresent)
            return null;

        var waveform = new Waveform();
        var rate = Waveform.SampleRate.ToString(CultureInfo.InvariantCulture);
        return await ffmpeg.ReadAsync(path, ["-vn", "-ac", "1", "-ar", rate, "-f", "s16le"], waveform.ReadAsync, ct) ? waveform.ToArray() : null;
    }

    private async Task<(FileStream, MediaFacts)> MakeAsync(Func<FileStream, Task<MediaFacts>> make)
    {
        var made = files.Create();
        try
        {
            var facts = await make(made);
            await made.FlushAsync();
            return (made, facts);
        }
        catch
        {
            await MediaFiles.DiscardAsync(made);
            throw;
        }
    }
}
