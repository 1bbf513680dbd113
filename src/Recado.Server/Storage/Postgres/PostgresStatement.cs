using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>One statement with its values, which the text names as <c>@name</c>. Never prepared: a transaction pooler forgets.</summary>
internal sealed class PostgresStatement(string text, params IReadOnlyList<(string Name, object? Value)> values)
{
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var (name, value) in values)
            command.Parameters.Add(new NpgsqlParameter(name, ToColumn(value)));

        return command;
    }

    private static object ToColumn(object? value) => value switch
    {
        null => DBNull.Value,
        string text => PostgresText.Clean(text),
        string?[] texts => Array.ConvertAll(texts, text => text is null ? null : PostgresText.Clean(text)),
        DateTimeOffset time => time.ToUniversalTime(),
        _ => value,
    };
}

internal static class PostgresColumns
{
    public static string? Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static Guid? GuidOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    public static DateTimeOffset Time(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static byte[] Bytes(this NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);
}
