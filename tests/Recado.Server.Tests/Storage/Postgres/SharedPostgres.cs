namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>One Postgres for all tests of a run, and a pooler in transaction mode before it. Both start when the first test asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static Task<PostgresServer>? _server;
    private static Task<PgBouncer>? _pooler;

    internal static Task<PostgresServer> ServerAsync()
    {
        lock (Gate)
            return _server ??= PostgresServer.StartAsync();
    }

    /// <summary>A new database, by way of the pooler when <paramref name="isPooled"/>.</summary>
    internal static async Task<string> CreateDatabaseAsync(bool isPooled = false, bool isMigrated = true)
    {
        var server = await ServerAsync();
        var name = await server.CreateDatabaseAsync(isMigrated);
        return PostgresServer.AddressOf(name, isPooled ? (await PoolerAsync(server)).Port : server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pooler is { } pooler)
            await (await pooler).DisposeAsync();
        if (_server is { } server)
            await (await server).DisposeAsync();
    }

    private static Task<PgBouncer> PoolerAsync(PostgresServer server)
    {
        lock (Gate)
            return _pooler ??= PgBouncer.StartAsync(server.Port);
    }
}
