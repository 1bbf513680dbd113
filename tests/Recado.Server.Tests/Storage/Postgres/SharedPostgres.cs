namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>One Postgres for all tests of a run, and a pooler in transaction mode before it. Both start when the first test asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> _server = new(PostgresServer.StartAsync);
    private static readonly Lazy<Task<PgBouncer>> _pooler = new(async () => await PgBouncer.StartAsync((await _server.Value).Port));

    internal static Task<PostgresServer> ServerAsync() => _server.Value;

    /// <summary>A new database, by way of the pooler when <paramref name="isPooled"/>.</summary>
    internal static async Task<string> CreateDatabaseAsync(bool isPooled = false, bool isMigrated = true)
    {
        var server = await ServerAsync();
        var name = await server.CreateDatabaseAsync(isMigrated);
        return PostgresServer.AddressOf(name, isPooled ? (await _pooler.Value).Port : server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pooler.IsValueCreated)
            await (await _pooler.Value).DisposeAsync();
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
