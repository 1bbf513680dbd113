using System.Globalization;
using System.Text;

namespace Recado.Server.Storage.Encryption;

/// <summary>
/// Encrypts everything anew that is not encrypted by the newest key, while servers run: a value is replaced only if it is still the one that
/// was read. It keeps no note of how far it has come, because each value tells which key encrypts it: started again it goes on.
/// Passes over all columns repeat until one finds nothing to do, which also proves that nothing is left.
/// </summary>
internal sealed class KeyRotation(IVault rows, RecordCipher cipher, TextWriter console, TimeProvider time)
{
    private const int PageLength = 200, ReportEvery = 10_000, MostPasses = 5, MostAttempts = 5;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <exception cref="StorageException">The database cannot be used; what was done so far stays.</exception>
    public async Task<RotationResult> RunAsync(CancellationToken ct)
    {
        var (replaced, inClear) = (0L, 0L);
        for (var pass = 1; ; pass++)
        {
            var found = new RotationPass();
            foreach (var column in SealedColumn.All)
                await RotateAsync(column, found, ct);

            replaced += found.Replaced;
            inClear += found.InClear;
            if (found.Due == 0 || pass == MostPasses)
                return new RotationResult(replaced, inClear, found);
        }
    }

    private async Task RotateAsync(SealedColumn column, RotationPass found, CancellationToken ct)
    {
        IReadOnlyList<string>? after = null;
        var (read, replaced) = (0L, 0L);
        do
        {
            var page = await PatientlyAsync(() => rows.ReadAsync(column, after, PageLength, cipher.SealsContents, ct), ct);
            var due = page.Select(value => Renew(column, value, found)).OfType<Resealed>().ToList();
            found.Due += due.Count;
            if (due.Count > 0)
                replaced += await PatientlyAsync(() => rows.ReplaceAsync(column, due, ct), ct);

            if ((read + page.Count) / ReportEvery > read / ReportEvery)
                Report(column, read + page.Count, replaced);
            read += page.Count;
            after = page.Count == PageLength ? page[^1].Key : null;
        }
        while (after is not null);

        found.Replaced += replaced;
        Report(column, read, replaced);
    }

    /// <summary>What takes the place of a value, or null when it stays.</summary>
    private Resealed? Renew(SealedColumn column, SealedValue value, RotationPass found)
    {
        if (value.Data is null)
        {
            if (column.Form != SealedForm.Json)
                return null; // credentials of the original's, which nothing reads

            found.InClear++;
            return new Resealed(value, cipher.Seal(value.Place, Encoding.UTF8.GetBytes((string)value.Stored)));
        }

        if (RecordCipher.FindKeyId(value.Data) is { } key)
        {
            found.Count(key);
            if (key == cipher.CurrentKeyId)
                return null;
            if (!cipher.KeyIds.Contains(key))
            {
                found.Unknown++;
                return null;
            }
        }

        try
        {
            return new Resealed(value, cipher.Seal(value.Place, cipher.Open(value.Place, value.Data)));
        }
        catch (StorageException e)
        {
            found.Damaged.Add(e.Message);
            return null;
        }
    }

    private void Report(SealedColumn column, long read, long replaced) => console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{column.Name}: {read} read, {replaced} encrypted anew"));

    /// <summary>A server that writes at the same time, or a database that is away for a moment, is waited for.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (StorageException e) when (e.IsTransient && attempt < MostAttempts)
            {
                await Task.Delay(Retry, time, ct);
            }
        }
    }
}

/// <summary>What one pass over everything has seen.</summary>
internal sealed class RotationPass
{
    /// <summary>How many values each key encrypted when they were read, by the key's id.</summary>
    public SortedDictionary<uint, long> ByKey { get; } = [];

    /// <summary>How many were to be encrypted anew, and how many were.</summary>
    public long Due { get; set; }

    public long Replaced { get; set; }

    /// <summary>How many of those were in the clear.</summary>
    public long InClear { get; set; }

    /// <summary>How many are encrypted by keys that are not given.</summary>
    public long Unknown { get; set; }

    /// <summary>Why each of the others cannot be read.</summary>
    public List<string> Damaged { get; } = [];

    public void Count(uint key) => ByKey[key] = ByKey.GetValueOrDefault(key) + 1;
}

/// <param name="Replaced">How many values were encrypted anew in all.</param>
/// <param name="InClear">How many of those had been in the clear.</param>
/// <param name="Last">The last pass, which shows what is left.</param>
internal sealed record RotationResult(long Replaced, long InClear, RotationPass Last)
{
    public bool IsComplete => Last is { Due: 0, Unknown: 0, Damaged.Count: 0 };
}
