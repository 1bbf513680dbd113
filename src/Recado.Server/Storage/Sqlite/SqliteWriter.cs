using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

/// <summary>
/// The only writer of the database. Takes every unit of work that waits, runs each in a savepoint of one immediate transaction, commits
/// once, and only then completes them: sessions that write at the same time share one flush to the disk.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int Capacity = 1024, LargestGroup = 256;

    private readonly Channel<Unit> _units = Channel.CreateBounded<Unit>(new BoundedChannelOptions(Capacity)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
    });

    private readonly SqliteStatements _db;
    private readonly Task _loop;

    public SqliteWriter(SqliteStatements db)
    {
        _db = db;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Runs <paramref name="work"/> in a transaction. Returns when it is on the disk; if it throws, nothing of it is kept.</summary>
    /// <exception cref="StorageException">The database could not write.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteStatements, T> work, CancellationToken ct)
    {
        var unit = new Unit<T>(work);
        try
        {
            await _units.Writer.WriteAsync(unit, ct);
        }
        catch (ChannelClosedException)
        {
            throw new StorageException("The database is closed.", isTransient: false);
        }

        return await unit.Completion; // once taken it runs to its end: a half-known outcome helps nobody
    }

    public async ValueTask DisposeAsync()
    {
        _units.Writer.TryComplete();
        await _loop;
        _db.Dispose();
    }

    private async Task RunAsync()
    {
        var group = new List<Unit>(LargestGroup);
        while (await _units.Reader.WaitToReadAsync())
        {
            while (group.Count < LargestGroup && _units.Reader.TryRead(out var unit))
                group.Add(unit);

            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<Unit> group)
    {
        try
        {
            _db.Execute("begin immediate");
            foreach (var unit in group)
                RunOne(unit);

            _db.Execute("commit");
        }
        catch (Exception e)
        {
            // Disk full, I/O error, locked from outside: the whole transaction is void, and everyone in it learns so.
            RollBack();
            var failure = e is SqliteException sqlite ? SqliteErrors.Translate(sqlite) : e;
            group.ForEach(u => u.Fail(failure));
            return;
        }

        group.ForEach(u => u.Complete());
    }

    private void RunOne(Unit unit)
    {
        _db.Execute("savepoint unit");
        try
        {
            unit.Run(_db);
        }
        catch (Exception e) when (e is not SqliteException sqlite || !SqliteErrors.VoidsTransaction(sqlite))
        {
            _db.Execute("rollback to unit");
            unit.RememberFailure(e is SqliteException s ? SqliteErrors.Translate(s) : e);
        }

        _db.Execute("release unit");
    }

    private void RollBack()
    {
        try
        {
            _db.Execute("rollback");
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back by itself.
        }
    }

    private abstract class Unit
    {
        public abstract void Run(SqliteStatements db);

        public abstract void RememberFailure(Exception e);

        public abstract void Fail(Exception e);

        public abstract void Complete();
    }

    private sealed class Unit<T>(Func<SqliteStatements, T> work) : Unit
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Completion => _completion.Task;

        public override void Run(SqliteStatements db) => _result = work(db);

        public override void RememberFailure(Exception e) => _failure = e;

        public override void Fail(Exception e) => _completion.TrySetException(_failure ?? e);

        public override void Complete()
        {
            if (_failure is null)
                _completion.TrySetResult(_result);
            else
                _completion.TrySetException(_failure);
        }
    }
}
