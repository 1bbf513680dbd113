using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// The database of the project: a pool of connections that keep no state between transactions (no prepared statements, no settings, no
/// session locks, no <c>listen</c>), so that a pooler of any kind may stand between.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    private readonly NpgsqlDataSource _source;

    private PostgresDatabase(NpgsqlDataSource source, bool hasSupabaseUsers) => (_source, HasSupabaseUsers) = (source, hasSupabaseUsers);

    /// <summary>Whether it is a Supabase project's, to whose users all rows belong.</summary>
    public bool HasSupabaseUsers { get; }

    /// <summary>Connects and brings the database to this program's schema.</summary>
    /// <exception cref="StorageException">It cannot be used; the message is one line that says why.</exception>
    public static PostgresDatabase Open(string connectionString)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        try
        {
            using var connection = source.OpenConnection();
            PostgresMigrations.Apply(connection);
            using var users = new NpgsqlCommand("select to_regclass('auth.users') is not null", connection);
            return new PostgresDatabase(source, users.ExecuteScalar() is true);
        }
        catch (Exception e) when (e is NpgsqlException or StorageException)
        {
            source.Dispose();
            throw CannotBeUsed(connectionString, e);
        }
    }

    /// <summary>Connects to the database as it is, beside the servers that may be running on it.</summary>
    /// <exception cref="StorageException">It cannot be used, or its schema is another one than this program's.</exception>
    public static PostgresDatabase OpenBeside(string connectionString)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        try
        {
            using var connection = source.OpenConnection();
            return PostgresMigrations.FindPending(connection) is { Count: > 0 } pending
                ? throw StorageException.LacksMigrations(pending.Count)
                : new PostgresDatabase(source, hasSupabaseUsers: false);
        }
        catch (Exception e) when (e is NpgsqlException or StorageException)
        {
            source.Dispose();
            throw CannotBeUsed(connectionString, e);
        }
    }

    public static StorageException CannotBeUsed(string connectionString, Exception e)
    {
        var cause = e is NpgsqlException postgres ? PostgresErrors.Describe(postgres) : e.Message.TrimEnd('.');
        return new StorageException(
            $"SUPABASE_DB_URL: {PostgresAddress.Describe(connectionString)} cannot be used: {cause}.", isTransient: false, e);
    }

    /// <summary>The first row, or the default when there is none.</summary>
    public async Task<T?> FirstAsync<T>(PostgresStatement statement, Func<NpgsqlDataReader, T> read, CancellationToken ct) =>
        await QueryAsync(statement, read, ct) is [var first, ..] ? first : default;

    /// <summary>Reads. A connection that was cut while it lay idle is replaced once.</summary>
    /// <exception cref="StorageException">The database could not be read.</exception>
    public async Task<List<T>> QueryAsync<T>(PostgresStatement statement, Func<NpgsqlDataReader, T> read, CancellationToken ct)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return await StorageTelemetry.MeasureAsync("read", RunAsync);
            }
            catch (NpgsqlException e) when (isFirst && PostgresErrors.IsConnectionLost(e))
            {
                _source.Clear();
            }
            catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
            {
                throw PostgresErrors.Translate(e);
            }
        }

        async Task<List<T>> RunAsync()
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            var pipeline = new PostgresPipeline(connection);
            List<T> rows = [];
            pipeline.Add(statement, row => rows.Add(read(row)));
            await pipeline.CommitAsync(ct);
            return rows;
        }
    }

    /// <summary>Writes in one transaction: what <paramref name="work"/> leaves in the pipeline is sent, and everything committed, when it returns.</summary>
    /// <exception cref="StorageException">The database could not write.</exception>
    public async Task<T> WriteAsync<T>(Func<PostgresPipeline, Task<T>> work, CancellationToken ct) =>
        await TryWriteAsync(work, ct) is var (result, failure) && failure is null ? result : throw failure.Translated;

    /// <summary>The same, and a failure comes back, so that the caller can find out what became of the commit.</summary>
    public Task<(T Result, PostgresFailure? Failure)> TryWriteAsync<T>(Func<PostgresPipeline, Task<T>> work, CancellationToken ct) =>
        StorageTelemetry.MeasureAsync("write", () => WriteOnceAsync(work, ct));

    /// <summary>The same for statements that need nothing of each other's results.</summary>
    public Task WriteAsync(IReadOnlyList<PostgresStatement> statements, CancellationToken ct) => WriteAsync(
        pipeline =>
        {
            foreach (var statement in statements)
                pipeline.Add(statement);
            return Task.FromResult(true);
        },
        ct);

    public void Dispose() => _source.Dispose();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<(T Result, PostgresFailure? Failure)> WriteOnceAsync<T>(Func<PostgresPipeline, Task<T>> work, CancellationToken ct)
    {
        PostgresPipeline? pipeline = null;
        try
        {
            await using var connection = await _source.OpenConnectionAsync(ct);
            pipeline = new PostgresPipeline(connection);
            var result = await work(pipeline);
            await pipeline.CommitAsync(ct);
            return (result, null);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException)
        {
            if (e is NpgsqlException postgres && PostgresErrors.IsConnectionLost(postgres))
                _source.Clear(); // what lies idle is cut as well
            return (default!, new PostgresFailure(e, IsInDoubt: pipeline is { IsInDoubt: true } && PostgresErrors.LeavesDoubt(e)));
        }
    }
}

/// <summary>Why a write failed.</summary>
/// <param name="IsInDoubt">The connection was lost, or the answer overdue, while the commit was under way.</param>
internal sealed record PostgresFailure(Exception Cause, bool IsInDoubt)
{
    public StorageException Translated => PostgresErrors.Translate(Cause);
}
