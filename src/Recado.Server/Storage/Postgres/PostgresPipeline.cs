using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Statements of one transaction, sent together: each flush is one round trip, and so is the commit with all that still waits. A pipeline
/// that is never flushed before its commit is one round trip in all, a transaction by the rules of the extended protocol. Left without a
/// commit, the connection rolls back when it is closed.
/// </summary>
internal sealed class PostgresPipeline(NpgsqlConnection connection)
{
    private readonly List<(PostgresStatement Statement, Action<NpgsqlDataReader>? Read)> _waiting = [];
    private bool _isBegun;

    /// <summary>Whether the commit was sent and no answer has come: it may have happened.</summary>
    public bool IsInDoubt { get; private set; }

    /// <param name="statement">One that returns no rows.</param>
    public void Add(PostgresStatement statement) => _waiting.Add((statement, null));

    /// <param name="statement">One that returns rows, be it none.</param>
    /// <param name="read">Sees each row when the pipeline is flushed.</param>
    public void Add(PostgresStatement statement, Action<NpgsqlDataReader> read) => _waiting.Add((statement, read));

    /// <summary>Sends what waits and reads the answers; the transaction stays open.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        if (_waiting.Count == 0)
            return;

        if (!_isBegun)
            _waiting.Insert(0, (new PostgresStatement("begin"), null));
        _isBegun = true;
        await SendAsync(ct);
    }

    /// <summary>Sends what waits and commits.</summary>
    public async Task CommitAsync(CancellationToken ct)
    {
        if (_isBegun)
            _waiting.Add((new PostgresStatement("commit"), null));
        if (_waiting.Count > 0)
        {
            IsInDoubt = true;
            await SendAsync(ct);
        }

        (_isBegun, IsInDoubt) = (false, false);
    }

    private async Task SendAsync(CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (statement, _) in _waiting)
            batch.BatchCommands.Add(statement.ToCommand());

        await using var reader = await batch.ExecuteReaderAsync(ct);
        foreach (var read in _waiting.Select(w => w.Read).OfType<Action<NpgsqlDataReader>>())
        {
            while (await reader.ReadAsync(ct))
                read(reader);
            await reader.NextResultAsync(ct);
        }

        _waiting.Clear();
    }
}
