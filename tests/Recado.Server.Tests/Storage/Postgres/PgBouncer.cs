namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>Debian's pgbouncer in transaction mode: a server connection belongs to a client for one transaction only.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _process;

    public int Port { get; } = ServerProcess.FreePort();

    public static async Task<PgBouncer> StartAsync(int postgresPort)
    {
        var pooler = new PgBouncer();
        var settings = pooler._folder.File("pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host=127.0.0.1 port={postgresPort} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {pooler.Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 3
            max_client_conn = 1000
            server_idle_timeout = 2
            server_login_retry = 1
            """);
        const UnixFileMode readable = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(pooler._folder.Path, readable);
        pooler._process = await ServerProcess.StartAsync("process up", File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer", settings);
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }
}
