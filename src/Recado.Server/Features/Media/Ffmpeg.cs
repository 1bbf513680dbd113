using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Media;

/// <summary>
/// Runs the programs ffmpeg and ffprobe, when they are there: without a shell, on files of ours by names of ours, without the environment's
/// secrets, without the network, and not for long. Thread-safe.
/// </summary>
internal sealed class Ffmpeg(RecadoSettings settings, ILogger<Ffmpeg> logger) : IDisposable
{
    private const int LongestProbe = 64 * 1024, MaxConcurrent = 2;

    /// <summary>Only what messages are made of, so that no file can name other files (playlists, lists of parts).</summary>
    private const string Formats = "mov,matroska,ogg,mp3,aac,wav,amr,gif";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Inherited = ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMPDIR"];

    private readonly SemaphoreSlim _running = new(MaxConcurrent, MaxConcurrent);

    private string? Program { get; } = Find(settings.FfmpegPath);

    public bool IsPresent => Program is not null;

    /// <summary>Converts a file.</summary>
    /// <returns>Whether it could.</returns>
    public Task<bool> ConvertAsync(string from, string to, IReadOnlyList<string> how, long limit, CancellationToken ct) => RunAsync(
        Program!,
        [.. Input(from), .. how, "-fs", limit.ToString(CultureInfo.InvariantCulture), "-y", $"file:{to}"],
        (output, token) => output.CopyToAsync(Stream.Null, token),
        ct);

    /// <summary>Converts a file and reads the result as it comes.</summary>
    public Task<bool> ReadAsync(string from, IReadOnlyList<string> how, Func<Stream, CancellationToken, Task> read, CancellationToken ct) =>
        RunAsync(Program!, [.. Input(from), .. how, "pipe:1"], read, ct);

    /// <summary>What there is in a file; null when it cannot be told.</summary>
    public async Task<MediaProbe?> ProbeAsync(string path, CancellationToken ct)
    {
        if (Program is null)
            return null;

        using var text = new MemoryStream();
        var isRead = await RunAsync(
            Path.Combine(Path.GetDirectoryName(Program)!, OperatingSystem.IsWindows() ? "ffprobe.exe" : "ffprobe"),
            [
                "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", Formats, "-of", "json", "-show_entries",
                "format=duration:stream=codec_type,width,height:stream_side_data=rotation", "-i", $"file:{path}",
            ],
            async (output, token) =>
            {
                var buffer = new byte[LongestProbe];
                text.Write(buffer, 0, await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, token));
            },
            ct);
        return isRead ? MediaProbe.Read(text.ToArray()) : null;
    }

    public void Dispose() => _running.Dispose();

    private static IReadOnlyList<string> Input(string path) =>
    [
        "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", "-protocol_whitelist", "file,pipe", "-format_whitelist", Formats, "-i", $"file:{path}",
    ];

    private async Task<bool> RunAsync(string program, IReadOnlyList<string> arguments, Func<Stream, CancellationToken, Task> read, CancellationToken ct)
    {
        await _running.WaitAsync(ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var name in start.Environment.Keys.Except(Inherited, StringComparer.OrdinalIgnoreCase).ToList())
                start.Environment.Remove(name);

            using var process = Process.Start(start)!; // null only for documents, which a shell opens
            try
            {
                process.StandardInput.Close();
                var complaints = process.StandardError.BaseStream.CopyToAsync(Stream.Null, patience.Token); // so that it never waits for a reader
                await read(process.StandardOutput.BaseStream, patience.Token);
                await complaints;
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0;
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            logger.ProgramFailed(Path.GetFileName(program), e.Message);
            return false;
        }
        finally
        {
            _running.Release();
        }
    }

    private static string? Find(string? setting)
    {
        if (setting is not null)
            return setting == RecadoSettings.NoFfmpeg ? null : setting;

        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

/// <summary>What ffprobe says of a file.</summary>
internal sealed record MediaProbe(uint Seconds, uint Width, uint Height, bool HasVideo, bool HasAudio)
{
    public static MediaProbe? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            JsonElement[] streams = root.TryGetProperty("streams", out var list) ? [.. list.EnumerateArray()] : [];
            var video = streams.FirstOrDefault(stream => Is(stream, "video"));
            var seconds = root.TryGetProperty("format", out var format) && format.TryGetProperty("duration", out var text)
                && double.TryParse(text.GetString(), CultureInfo.InvariantCulture, out var duration) && duration is > 0 and < int.MaxValue
                ? (uint)Math.Max(1, Math.Round(duration))
                : 0;
            var (width, height) = (Number(video, "width"), Number(video, "height"));
            return IsTurned(video)
                ? new(seconds, height, width, Is(video, "video"), streams.Any(stream => Is(stream, "audio")))
                : new(seconds, width, height, Is(video, "video"), streams.Any(stream => Is(stream, "audio")));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Is(JsonElement stream, string type) =>
        stream.ValueKind == JsonValueKind.Object && stream.TryGetProperty("codec_type", out var value) && value.ValueEquals(type);

    private static uint Number(JsonElement stream, string name) =>
        stream.ValueKind == JsonValueKind.Object && stream.TryGetProperty(name, out var value) && value.TryGetUInt32(out var number) ? number : 0;

    private static bool IsTurned(JsonElement stream) =>
        stream.ValueKind == JsonValueKind.Object && stream.TryGetProperty("side_data_list", out var data)
        && data.EnumerateArray().Any(entry => entry.TryGetProperty("rotation", out var angle) && angle.TryGetInt32(out var degrees) && degrees % 180 != 0);
}
