using System.Globalization;
using System.Reflection;

namespace Recado.Server.Storage.Sqlite;

/// <summary>Brings a database to the schema of this program: plain numbered SQL, each file in a transaction of its own.</summary>
internal static class SqliteMigrations
{
    private const string Prefix = "Migrations.Sqlite.";

    private static readonly (int Number, string Name)[] All =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => (int.Parse(n.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), n))
            .Order()];

    /// <summary>The schema this program works with.</summary>
    public static int Latest => All[^1].Number;

    /// <summary>The scripts that follow the schema of that number, in order.</summary>
    public static IReadOnlyList<(string Name, string Sql)> After(int current) =>
        [.. All.Where(m => m.Number > current).Select(m => (m.Name[Prefix.Length..], Read(m.Name)))];

    /// <exception cref="StorageException">The database was written by a newer Recado.</exception>
    public static int ReadCurrent(SqliteStatements db)
    {
        var current = db.First("pragma user_version", r => r.GetInt32(0));
        return current <= Latest
            ? current
            : throw new StorageException(
                $"its schema is number {current}, made by a newer Recado; this one knows up to {Latest}. Start the newer version", isTransient: false);
    }

    /// <exception cref="StorageException">The database was written by a newer Recado.</exception>
    public static void Apply(SqliteStatements db)
    {
        var current = ReadCurrent(db);
        foreach (var (number, name) in All.Where(m => m.Number > current))
        {
            db.Execute("begin immediate");
            using (var script = db.Connection.CreateCommand())
            {
                script.CommandText = Read(name) + $"\npragma user_version = {number.ToString(CultureInfo.InvariantCulture)};";
                script.ExecuteNonQuery();
            }

            db.Execute("commit");
        }
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
