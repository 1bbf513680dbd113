using Microsoft.Data.Sqlite;
using Recado.Server.Hosting;

namespace Recado.Server.Storage.Sqlite;

/// <summary>The embedded database: one file, one writer, a few readers, and a lock that keeps a second process out.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const string FileName = "recado.db", MovedName = "recado.moved.db", LockName = "recado.lock";

    private readonly FileStream? _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    private SqliteDatabase(FileStream? fileLock, SqliteWriter writer, SqliteReaders readers) =>
        (_lock, _writer, _readers) = (fileLock, writer, readers);

    /// <summary>Opens or creates the database in <paramref name="folder"/> and brings it to this program's schema.</summary>
    /// <exception cref="StorageException">It cannot be used; the message is one line that says why.</exception>
    public static SqliteDatabase Open(string folder)
    {
        var file = FileIn(folder);
        FileStream? fileLock = null;
        try
        {
            PrivateFiles.CreateFolder(folder);
            fileLock = TakeLock(folder);
            PrivateFiles.Touch(file); // SQLite gives its side files the mode of the main one
            var writer = Connect(file);
            try
            {
                Prepare(writer);
            }
            catch
            {
                writer.Dispose();
                throw;
            }

            return new SqliteDatabase(fileLock, new SqliteWriter(writer), new SqliteReaders(() => Connect(file, "pragma query_only = on")));
        }
        catch (Exception e) when (e is SqliteException or StorageException or IOException or UnauthorizedAccessException)
        {
            fileLock?.Dispose();
            throw CannotBeUsed(file, e);
        }
    }

    /// <summary>Opens the database beside the server that may be running on it, as it is.</summary>
    /// <exception cref="StorageException">There is none, it cannot be used, or its schema is another one than this program's.</exception>
    public static SqliteDatabase OpenBeside(string folder)
    {
        var file = FileIn(folder);
        try
        {
            if (!File.Exists(file))
                throw new StorageException("it is not there", isTransient: false);

            var writer = Connect(file);
            if (SqliteMigrations.After(SqliteMigrations.ReadCurrent(writer)) is not { Count: > 0 } pending)
                return new SqliteDatabase(fileLock: null, new SqliteWriter(writer), new SqliteReaders(() => Connect(file, "pragma query_only = on")));

            writer.Dispose();
            throw StorageException.LacksMigrations(pending.Count);
        }
        catch (Exception e) when (e is SqliteException or StorageException)
        {
            throw CannotBeUsed(file, e);
        }
    }

    /// <summary>Writes the file anew, so that nothing is left in it of what was written over. A server that runs on it waits.</summary>
    /// <exception cref="StorageException">It cannot be done now.</exception>
    public static void Rebuild(string folder)
    {
        try
        {
            using var db = Connect(FileIn(folder));
            db.Execute("vacuum");
            db.Execute("pragma wal_checkpoint(truncate)");
        }
        catch (SqliteException e)
        {
            throw CannotBeUsed(FileIn(folder), e);
        }
    }

    public static string FileIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>What the file is called once its content was moved to Postgres.</summary>
    public static string MovedFileIn(string folder) => Path.Combine(folder, MovedName);

    /// <summary>The scripts that <see cref="Open"/> would run, in order. Changes nothing.</summary>
    /// <exception cref="StorageException">The database cannot be read, or was written by a newer Recado.</exception>
    public static IReadOnlyList<(string Name, string Sql)> FindPendingMigrations(string folder)
    {
        if (!File.Exists(FileIn(folder)))
            return SqliteMigrations.After(0);
        try
        {
            using var db = Connect(FileIn(folder), "pragma query_only = on");
            return SqliteMigrations.After(SqliteMigrations.ReadCurrent(db));
        }
        catch (Exception e) when (e is SqliteException or StorageException)
        {
            throw CannotBeUsed(FileIn(folder), e);
        }
    }

    public Task<T> WriteAsync<T>(Func<SqliteStatements, T> work, CancellationToken ct) => StorageTelemetry.MeasureAsync("write", () => _writer.WriteAsync(work, ct));

    public Task<T> ReadAsync<T>(Func<SqliteStatements, T> read, CancellationToken ct) => StorageTelemetry.MeasureAsync("read", () => _readers.ReadAsync(read, ct));

    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        await _writer.DisposeAsync();
        if (_lock is not null)
            await _lock.DisposeAsync();
    }

    private static StorageException CannotBeUsed(string file, Exception e)
    {
        var cause = e is SqliteException sqlite ? SqliteErrors.Translate(sqlite).Message : e.Message.TrimEnd('.');
        return new StorageException($"The database {file} cannot be used: {cause}.", isTransient: false, e);
    }

    private static void Prepare(SqliteStatements db)
    {
        db.First("pragma journal_mode = wal", r => r.GetString(0));
        SqliteMigrations.Apply(db);

        // A real write: a full disk or a foreign lock must stop the start, not the first message.
        db.Execute("begin immediate");
        db.Execute($"pragma user_version = {SqliteMigrations.Latest}");
        db.Execute("commit");
    }

    private static SqliteStatements Connect(string file, string? pragma = null)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            connection.CreateFunction("upper_case", (string? text) => text?.ToUpperInvariant(), isDeterministic: true); // SQLite's own knows ASCII only
            var db = new SqliteStatements(connection);
            db.Execute("pragma synchronous = full");
            if (pragma is not null)
                db.Execute(pragma);

            return db;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static FileStream TakeLock(string folder)
    {
        var path = Path.Combine(folder, LockName);
        try
        {
            PrivateFiles.Touch(path);
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new StorageException("another Recado is running on this folder; stop it, or set RECADO_DATA to another folder", isTransient: false, e);
        }
    }
}
