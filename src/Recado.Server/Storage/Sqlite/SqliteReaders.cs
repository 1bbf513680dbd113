using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

/// <summary>A few connections that read the last committed state, beside the writer.</summary>
internal sealed class SqliteReaders(Func<SqliteStatements> open) : IDisposable
{
    private const int Count = 4;

    private readonly SemaphoreSlim _free = new(Count, Count);
    private readonly ConcurrentBag<SqliteStatements> _idle = [];

    /// <exception cref="StorageException">The database could not be read.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteStatements, T> read, CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        try
        {
            if (!_idle.TryTake(out var db))
                db = open();

            try
            {
                return read(db);
            }
            finally
            {
                _idle.Add(db);
            }
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e);
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var db))
            db.Dispose();

        _free.Dispose();
    }
}
