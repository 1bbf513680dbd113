using System.Globalization;
using System.Reflection;
using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Brings a database to the schema of this program: plain numbered SQL, all that is missing in one transaction, under a lock that lets one
/// server at a time do it.
/// </summary>
internal static class PostgresMigrations
{
    private const string Prefix = "Migrations.Postgres.";

    private static readonly (int Number, string Name)[] All =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => (int.Parse(n.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), n))
            .Order()];

    /// <summary>The schema this program works with.</summary>
    public static int Latest => All[^1].Number;

    /// <summary>The scripts that <see cref="Apply"/> would run, in order. Changes nothing.</summary>
    /// <exception cref="StorageException">The database was written by a newer Recado.</exception>
    public static IReadOnlyList<(string Name, string Sql)> FindPending(NpgsqlConnection connection)
    {
        var current = IsPrepared(connection) ? ReadCurrent(connection) : 0;
        return [.. All.Where(m => m.Number > current).Select(m => (m.Name[Prefix.Length..], Read(m.Name)))];
    }

    /// <exception cref="StorageException">The database was written by a newer Recado.</exception>
    public static void Apply(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();

        // A lock of the transaction, not of the session: behind a pooler the session is everybody's.
        Execute(connection, "select pg_advisory_xact_lock(hashtextextended('recado.migrations', 0))");
        if (!IsPrepared(connection))
        {
            Execute(
                connection,
                """
                create schema if not exists recado;
                create table recado.migrations (number integer primary key, name text not null, applied_at timestamptz not null default now());
                """);
        }

        var current = ReadCurrent(connection);
        foreach (var (number, name) in All.Where(m => m.Number > current))
        {
            Execute(connection, Read(name));
            using var note = new NpgsqlCommand("insert into recado.migrations (number, name) values ($1, $2)", connection)
            {
                Parameters = { new() { Value = number }, new() { Value = name[Prefix.Length..] } },
            };
            note.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static bool IsPrepared(NpgsqlConnection connection) => Scalar(connection, "select to_regclass('recado.migrations') is not null") is true;

    private static int ReadCurrent(NpgsqlConnection connection)
    {
        var current = (int)Scalar(connection, "select coalesce(max(number), 0) from recado.migrations")!;
        return current <= Latest
            ? current
            : throw new StorageException(
                $"its schema is number {current}, made by a newer Recado; this one knows up to {Latest}. Start the newer version", isTransient: false);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }; // other servers' migrations, and many old rows, take their time
        command.ExecuteNonQuery();
    }

    private static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
