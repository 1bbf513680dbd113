using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Recado.Server.Features.Media;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Hosting;

/// <summary><c>recado doctor</c>: looks at everything the server needs, beside the server, and changes nothing.</summary>
/// <param name="readSettings">Throws <see cref="StartException"/> as the start would.</param>
internal sealed class DoctorCommand(Func<RecadoSettings> readSettings, TimeProvider time)
{
    public const string Usage = """
        recado doctor [--json]            looks whether settings, database, keys, files and clock are well; changes nothing
        """;

    private static readonly TimeSpan ClockWarning = TimeSpan.FromSeconds(10), ClockFault = TimeSpan.FromMinutes(1), FilesPatience = TimeSpan.FromSeconds(30);

    private readonly DoctorReport _report = new();

    public async Task<DoctorReport> ExamineAsync(CancellationToken ct)
    {
        RecadoSettings settings;
        try
        {
            settings = readSettings();
        }
        catch (StartException e)
        {
            foreach (var problem in e.Problems)
                _report.Add("settings", DoctorVerdict.Fail, problem);
            return _report;
        }

        _report.Add("settings", DoctorVerdict.Ok, $"They make sense{(settings.IsProduction ? ", for production" : "")}.");
        await ExamineStorageAsync(settings, ct);
        await ExamineFilesAsync(settings, ct);
        ExamineFfmpeg(settings);
        return _report;
    }

    private async Task ExamineStorageAsync(RecadoSettings settings, CancellationToken ct)
    {
        var place = new MigrateCommand(settings, TextWriter.Null);
        try
        {
            if (!place.Exists)
            {
                _report.Add("database", DoctorVerdict.Warn, $"There is none in {settings.DataFolder}; the first start makes it, and its key.");
                return;
            }

            var pending = place.FindPending();
            _report.Add(
                "migrations", pending.Count == 0 ? DoctorVerdict.Ok : DoctorVerdict.Fail,
                pending.Count == 0 ? "The schema is this program's." : $"{pending.Count} are missing, from {pending[0].Name} on; 'recado migrate' or the next start applies them.");
            if (pending.Count > 0)
                return;

            await using var vault = StorageHosting.OpenVault(settings);
            var health = await vault.ExamineAsync(ct);
            _report.Add("database", health.Fault is null ? DoctorVerdict.Ok : DoctorVerdict.Fail, health.Fault is { } fault ? $"{place.Name}: {fault}" : $"{place.Name} is well.");
            ExamineClock(health);
            await ExamineRecordsAsync(settings, vault, ct);
        }
        catch (StorageException e)
        {
            _report.Add("database", DoctorVerdict.Fail, e.Message);
        }
    }

    private void ExamineClock(StorageHealth health)
    {
        var now = time.GetUtcNow();
        var (difference, other) = health switch
        {
            { Now: { } theirs } => ((now - theirs).Duration(), "the database's"),
            { LastWrite: { } last } when last > now => (last - now, "the time of the newest event, which lies in the future:"),
            _ => (TimeSpan.Zero, ""),
        };
        var text = Text($"{now:u}");
        if (difference < ClockWarning)
            _report.Add("clock", DoctorVerdict.Ok, $"{text}.");
        else
        {
            _report.Add(
                "clock", difference < ClockFault ? DoctorVerdict.Warn : DoctorVerdict.Fail,
                Text($"{text} is {difference.TotalSeconds:F0} s away from {other} clock; tokens and codes expire by it: let the system keep its time (NTP)."));
        }
    }

    private async Task ExamineRecordsAsync(RecadoSettings settings, IVault vault, CancellationToken ct)
    {
        RecordCipher cipher;
        try
        {
            cipher = StorageHosting.OpenCipher(settings);
        }
        catch (StartException e)
        {
            _report.Add("keys", DoctorVerdict.Fail, e.Message);
            return;
        }

        var survey = new VaultSurvey(vault, cipher);
        await survey.RunAsync(ct);
        foreach (var fault in survey.Faults)
            _report.Add("records", DoctorVerdict.Fail, fault);
        _report.Add(
            "records", survey.Unreadable == 0 ? DoctorVerdict.Ok : DoctorVerdict.Fail,
            Text($"{survey.Read} encrypted rows were read, {survey.Unreadable} of them cannot be, {survey.Unknown} for want of their key."));

        _report.Keys = [.. survey.Counts.GroupBy(pair => pair.Key.Key).Select(g => new DoctorKey(
            Text($"{g.Key:x8}"), PositionOf(cipher, g.Key), g.ToDictionary(pair => pair.Key.Column, pair => pair.Value)))];
        foreach (var key in _report.Keys)
        {
            var rows = string.Join(", ", key.Rows.Select(r => Text($"{r.Value} {r.Key}")));
            var (verdict, what) = key.Position switch
            {
                null => (DoctorVerdict.Fail, "is not in SESSION_ENCRYPTION_KEY"),
                1 => (DoctorVerdict.Ok, "is the one that encrypts"),
                var position => (DoctorVerdict.Warn, Text($"is number {position} of SESSION_ENCRYPTION_KEY; 'recado keys rotate' makes it needless")),
            };
            _report.Add("keys", verdict, $"The key with the id {key.Key} {what}: {rows}.");
        }
    }

    private async Task ExamineFilesAsync(RecadoSettings settings, CancellationToken ct)
    {
        var place = settings.MediaStore is { } s3 ? $"The bucket {s3}" : $"The folder {Path.Combine(settings.DataFolder, "media")}";
        var probe = RandomNumberGenerator.GetBytes(64);
        var hash = Convert.ToHexStringLower(SHA256.HashData(probe));
        var path = Path.Combine(settings.DataFolder, $"doctor.{hash[..8]}.part"); // beside the store, so that it can be moved into it
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(FilesPatience);
        try
        {
            PrivateFiles.CreateFolder(settings.DataFolder);
            await File.WriteAllBytesAsync(path, probe, ct);
            var store = MediaHosting.OpenStore(settings, time);
            using var _ = store as IDisposable;
            await store.PutAsync(path, hash, patience.Token);
            await using (var kept = await store.OpenAsync(hash, patience.Token) ?? throw new IOException("what was written cannot be found"))
            {
                var read = new byte[probe.Length];
                await kept.ReadExactlyAsync(read, patience.Token);
                if (!read.AsSpan().SequenceEqual(probe))
                    throw new IOException("it gives other bytes than were written");
            }

            await store.RemoveAsync(hash, time.GetUtcNow().AddDays(1), patience.Token);
            _report.Add("files", DoctorVerdict.Ok, $"{place} can be written, read and cleared.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            _report.Add("files", DoctorVerdict.Fail, $"{place} cannot be used: {e.Message.TrimEnd('.')}.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _report.Add("files", DoctorVerdict.Fail, Text($"{place} has not answered in {FilesPatience.TotalSeconds} s."));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void ExamineFfmpeg(RecadoSettings settings)
    {
        using var ffmpeg = new Ffmpeg(settings, NullLogger<Ffmpeg>.Instance);
        if (ffmpeg.IsPresent)
            _report.Add("ffmpeg", DoctorVerdict.Ok, "It is there; sounds become voice notes.");
        else
            _report.Add("ffmpeg", DoctorVerdict.Warn, "It is not there; sounds are sent as they are. Install it, or set FFMPEG_PATH.");
    }

    private static int? PositionOf(RecordCipher cipher, uint key)
    {
        foreach (var (index, id) in cipher.KeyIds.Index())
        {
            if (id == key)
                return index + 1;
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
