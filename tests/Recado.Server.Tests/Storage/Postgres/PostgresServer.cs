using Npgsql;
using Recado.Server.Storage.Postgres;
using Recado.Server.Tests.Storage.Postgres;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>A Postgres of the tests' own, from Debian's packages, on a port and in a folder of its own, that can be stopped and started again.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Template = "recado_template", Prefix = "recado-postgres-";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
    private readonly SemaphoreSlim _creating = new(1, 1);
    private ServerProcess? _process;
    private bool _hasTemplate;

    public int Port { get; } = ServerProcess.FreePort();

    private static string Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderBy(f => int.Parse(Path.GetFileName(f))).Select(f => Path.Combine(f, "bin")).Last()
        : "";

    public static async Task<PostgresServer> StartAsync()
    {
        await RemoveRemainsAsync();
        var server = new PostgresServer();
        await ServerProcess.RunAsync(
            Path.Combine(Programs, "initdb"), "-D", server._folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        string[] settings =
        [
            $"port={Port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "fsync=off", "synchronous_commit=off",
            "full_page_writes=off", "shared_buffers=32MB", "wal_level=logical", "max_wal_size=256MB", "log_min_messages=log",
        ];
        _process = await ServerProcess.StartAsync(
            "database system is ready to accept connections", Path.Combine(Programs, "postgres"), ["-D", _folder, .. settings.SelectMany(s => new[] { "-c", s })]);
    }

    /// <summary>Ends the server as an operator would: connections are cut, what was committed stays.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;

        _process = null;
        await ServerProcess.RunAsync(Path.Combine(Programs, "pg_ctl"), "stop", "-D", _folder, "-m", "fast", "-w");
        await process.WaitForEndAsync();
        await process.DisposeAsync();
    }

    /// <summary>A new database.</summary>
    /// <param name="isMigrated">Whether it has this program's schema already.</param>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync(bool isMigrated = true)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await _creating.WaitAsync();
        try
        {
            if (isMigrated && !_hasTemplate)
            {
                await ExecuteAsync(AddressOf("postgres"), $"create database {Template}");
                await PostgresDatabase.Open(AddressOf(Template)).DisposeAsync();
                _hasTemplate = true;
            }

            await ExecuteAsync(AddressOf("postgres"), $"create database {name} template {(isMigrated ? Template : "template0")}");
        }
        finally
        {
            _creating.Release();
        }

        return name;
    }

    public static async Task ExecuteAsync(string address, string sql)
    {
        await using var connection = await ConnectAsync(address);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The rows of a query as texts, values parted by <c>|</c>.</summary>
    public static async Task<IReadOnlyList<string>> QueryAsync(string address, string sql)
    {
        await using var connection = await ConnectAsync(address);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), null))));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasEnded: false })
            await StopAsync(_folder);
        if (_process is not null)
            await _process.DisposeAsync();
        _creating.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ends the servers of runs that were killed, and removes their folders: nobody else does.</summary>
    private static async Task RemoveRemainsAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var id) || ServerProcess.IsAlive(id))
                continue;

            try
            {
                if (File.Exists(Path.Combine(folder, "postmaster.pid")))
                    await StopAsync(folder);
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // Another run has come first.
            }
        }
    }

    private static async Task StopAsync(string folder)
    {
        try
        {
            await ServerProcess.RunAsync(Path.Combine(Programs, "pg_ctl"), "stop", "-D", folder, "-m", "immediate", "-w");
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>What an operator's backup holds.</summary>
    public static Task<string> DumpAsync(string address)
    {
        var server = new NpgsqlConnectionStringBuilder(address);
        return ServerProcess.RunAsync(
            Path.Combine(Programs, "pg_dump"), "-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, "-d", server.Database!);
    }

    private string AddressOf(string database) => AddressOf(database, Port);

    /// <summary>As the settings would have it.</summary>
    public static string AddressOf(string database, int port) =>
        PostgresAddress.TryParse($"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable", out var address, out var problem)
            ? address
            : throw new InvalidOperationException(problem);

    /// <summary>A connection of the tests' own, which leaves nothing open.</summary>
    private static async Task<NpgsqlConnection> ConnectAsync(string address)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ToString());
        await connection.OpenAsync();
        return connection;
    }
}
