using System.Text;
using System.Text.Json;

namespace Recado.Server.Storage.Encryption;

/// <summary>Reads everything that is encrypted, and so proves that the keys and the rows are whole. Changes nothing.</summary>
internal sealed class VaultSurvey(IVault vault, RecordCipher cipher)
{
    private const int PageLength = 500, MostFaults = 20;

    private readonly SortedDictionary<(uint Key, string Column), long> _counts = [];
    private readonly List<string> _faults = [];

    /// <summary>How many values of which column each key encrypts.</summary>
    public IReadOnlyDictionary<(uint Key, string Column), long> Counts => _counts;

    /// <summary>How many values were read; of those that cannot be, how many by keys that are not given.</summary>
    public long Read { get; private set; }

    public long Unreadable { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>Why the first of them cannot be read.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <exception cref="StorageException">The database cannot be used.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var column in SealedColumn.All)
        {
            IReadOnlyList<string>? after = null;
            do
            {
                var page = await vault.ReadAsync(column, after, PageLength, isClearWanted: false, ct);
                foreach (var value in page)
                    Examine(column, value);
                after = page.Count == PageLength ? page[^1].Key : null;
            }
            while (after is not null);
        }
    }

    private void Examine(SealedColumn column, SealedValue value)
    {
        if (value.Data is null)
            return; // credentials of the original's, which nothing reads

        Read++;
        var key = RecordCipher.FindKeyId(value.Data);
        if (key is { } id)
            _counts[(id, column.Name)] = _counts.GetValueOrDefault((id, column.Name)) + 1;
        try
        {
            var content = cipher.Open(value.Place, value.Data);
            if (column.Form != SealedForm.Bytes)
                JsonElement.Parse(Encoding.UTF8.GetString(content));
        }
        catch (Exception e) when (e is StorageException or JsonException)
        {
            Unreadable++;
            if (key is { } unknown && !cipher.KeyIds.Contains(unknown))
                Unknown++;
            if (_faults.Count < MostFaults)
                _faults.Add(e is StorageException ? e.Message : $"One of the {column.Name} of session {value.Place.SessionId} is not what was written.");
        }
    }
}
