using System.Globalization;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Hosting;

/// <summary><c>recado keys rotate</c>: encrypts everything by the newest key of the settings, beside the servers that run.</summary>
internal sealed class KeysCommand(RecadoSettings settings, TextWriter console)
{
    public const string Usage = """
        recado keys rotate                encrypts everything by the first key of SESSION_ENCRYPTION_KEY, while servers run that know it already
        """;

    /// <returns>Whether nothing is left to do.</returns>
    public async Task<bool> RotateAsync(CancellationToken ct)
    {
        var cipher = StorageHosting.OpenCipher(settings);
        RotationResult result;
        await using (var vault = StorageHosting.OpenVault(settings))
            result = await new KeyRotation(vault, cipher, console, TimeProvider.System).RunAsync(ct);

        if (result.InClear > 0 && settings.Database is null)
        {
            await console.WriteLineAsync("Writing the file of the database anew, so that no text is left in it.");
            SqliteDatabase.Rebuild(settings.DataFolder);
        }

        foreach (var fault in result.Last.Damaged)
            await console.WriteLineAsync(fault);

        await console.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{(result.IsComplete ? "Done" : "Not done")}: {result.Replaced} encrypted anew, {result.Last.Due} still to do, {result.Last.Unknown} by keys that are not given, {result.Last.Damaged.Count} damaged."));
        await TellOfKeysAsync(cipher, result.Last);
        return result.IsComplete;
    }

    private async Task TellOfKeysAsync(RecordCipher cipher, RotationPass last)
    {
        foreach (var (number, key) in cipher.KeyIds.Index().Skip(1))
        {
            var what = last.ByKey.GetValueOrDefault(key) is > 0 and var left
                ? Text($"still encrypts {left}: keep it")
                : "encrypts nothing any more: take it out, and keep it with the backups made until now";
            await console.WriteLineAsync(Text($"Key {number + 1} of SESSION_ENCRYPTION_KEY (id {key:x8}) {what}."));
        }

        foreach (var (key, count) in last.ByKey.Where(pair => !cipher.KeyIds.Contains(pair.Key)))
            await console.WriteLineAsync(Text($"The key with the id {key:x8}, which encrypts {count}, is not in SESSION_ENCRYPTION_KEY: add it and run this again."));

        if (last.Due > 0)
        {
            await console.WriteLineAsync(
                "A server goes on writing by an older key: start all of them with the new key first in SESSION_ENCRYPTION_KEY, then run this again.");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
