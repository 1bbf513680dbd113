using Npgsql;

namespace Recado.Server.Storage.Moving;

internal readonly record struct TableName(string Schema, string Name)
{
    public override string ToString() => $"{Schema}.{Name}";
}

/// <summary>What tables Postgres has, with their columns and the order in which they can be filled.</summary>
internal sealed class PostgresTables
{
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<TableName, Dictionary<string, string>> _columns = [];
    private readonly ILookup<TableName, TableName> _references;

    public PostgresTables(NpgsqlConnection connection)
    {
        _connection = connection;
        foreach (var (table, column, type) in Query(
            "select table_schema, table_name, column_name, udt_name from information_schema.columns where table_schema in ('public', 'recado')",
            r => (new TableName(r.GetString(0), r.GetString(1)), r.GetString(2), r.GetString(3))))
        {
            if (!_columns.TryGetValue(table, out var columns))
                _columns[table] = columns = new(StringComparer.Ordinal);
            columns[column] = type;
        }

        _references = Query(
            """
            select n.nspname, c.relname, fn.nspname, fc.relname from pg_constraint k
            join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
            where k.contype = 'f' and k.conrelid <> k.confrelid and n.nspname in ('public', 'recado')
            """,
            r => (From: new TableName(r.GetString(0), r.GetString(1)), To: new TableName(r.GetString(2), r.GetString(3))))
            .ToLookup(pair => pair.From, pair => pair.To);
    }

    /// <summary>The type of each column, by Postgres's short name.</summary>
    public IReadOnlyDictionary<string, string> ColumnsOf(TableName table) =>
        _columns.TryGetValue(table, out var columns) ? columns : throw new InvalidOperationException($"There is no table {table}.");

    /// <summary>The tables, each after those that it refers to.</summary>
    public IReadOnlyList<TableName> InOrder(IEnumerable<TableName> tables)
    {
        var (wanted, ordered, seen) = (tables.ToList(), new List<TableName>(), new HashSet<TableName>());
        wanted.ForEach(Visit);
        return ordered;

        void Visit(TableName table)
        {
            if (!seen.Add(table))
                return;

            foreach (var other in _references[table].Where(wanted.Contains))
                Visit(other);
            ordered.Add(table);
        }
    }

    public long Count(string sql, Guid[] ids)
    {
        using var command = new NpgsqlCommand(sql, _connection) { Parameters = { new() { Value = ids } } };
        return (long)command.ExecuteScalar()!;
    }

    private List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        using var command = new NpgsqlCommand(sql, _connection);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));

        return rows;
    }
}
