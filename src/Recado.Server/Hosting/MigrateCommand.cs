using Npgsql;
using Recado.Server.Storage;
using Recado.Server.Storage.Moving;
using Recado.Server.Storage.Postgres;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Hosting;

/// <summary>
/// <c>recado migrate</c>: brings the database of the settings to this program's schema, shows what that would do, or moves an embedded database
/// into Postgres.
/// </summary>
internal sealed class MigrateCommand(RecadoSettings settings, TextWriter console)
{
    public const string Usage = """
        recado migrate [--dry-run]        brings the database to this program's schema, as the start does; --dry-run prints the SQL instead
        recado migrate --from-sqlite [--user ID]
                                          moves the embedded database in RECADO_DATA into the Postgres of SUPABASE_DB_URL, sessions and all;
                                          no phone scans again. --user gives everything to that user
        """;

    /// <summary>What the words after <c>migrate</c> ask for, or null when they make no sense.</summary>
    public static Func<MigrateCommand, Task>? Parse(string[] words) => words switch
    {
        [] => command => command.ApplyAsync(),
        ["--dry-run"] => command => command.ShowAsync(),
        ["--from-sqlite"] => command => command.MoveAsync(user: null),
        ["--from-sqlite", "--user", var text] when Guid.TryParse(text, out var user) => command => command.MoveAsync(user),
        _ => null,
    };

    /// <summary>Whether there is a database; of Postgres that is taken for granted.</summary>
    public bool Exists => settings.Database is not null || File.Exists(SqliteDatabase.FileIn(settings.DataFolder));

    /// <summary>For people; never with the password.</summary>
    public string Name => settings.Database is { } connectionString
        ? PostgresAddress.Describe(connectionString)
        : $"the embedded database in {settings.DataFolder}";

    /// <summary>The scripts that are missing. Changes nothing.</summary>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public IReadOnlyList<(string Name, string Sql)> FindPending() =>
        settings.Database is { } connectionString ? FindPending(connectionString) : SqliteDatabase.FindPendingMigrations(settings.DataFolder);

    private async Task ApplyAsync()
    {
        if (settings.Database is { } connectionString)
            await PostgresDatabase.Open(connectionString).DisposeAsync();
        else
            await SqliteDatabase.Open(settings.DataFolder).DisposeAsync();

        await console.WriteLineAsync($"{Name} is at schema {(settings.Database is null ? SqliteMigrations.Latest : PostgresMigrations.Latest)}.");
    }

    private async Task ShowAsync()
    {
        var pending = FindPending();
        if (pending.Count == 0)
            await console.WriteLineAsync($"-- {Name} is up to date.");
        foreach (var (name, sql) in pending)
            await console.WriteLineAsync($"-- {name}\n{sql}");
    }

    private async Task MoveAsync(Guid? user)
    {
        if (settings.Database is not { } connectionString)
            throw new StartException("SUPABASE_DB_URL is missing; set it to the Postgres that the embedded database is to move to.");

        var moved = await new EmbeddedMove(settings.DataFolder, connectionString, user).RunAsync(CancellationToken.None);
        foreach (var (table, rows) in moved)
            await console.WriteLineAsync($"{table}: {rows}");
        await console.WriteLineAsync(
            $"Moved into {PostgresAddress.Describe(connectionString)}. The embedded database is kept as {SqliteDatabase.MovedFileIn(settings.DataFolder)}; "
            + "start the server with the same SESSION_ENCRYPTION_KEY and RECADO_DATA.");
    }

    private static IReadOnlyList<(string Name, string Sql)> FindPending(string connectionString)
    {
        try
        {
            using var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            return PostgresMigrations.FindPending(connection);
        }
        catch (NpgsqlException e)
        {
            throw PostgresDatabase.CannotBeUsed(connectionString, e);
        }
    }
}
