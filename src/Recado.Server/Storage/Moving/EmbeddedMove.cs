using Npgsql;
using NpgsqlTypes;
using Recado.Server.Storage.Postgres;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Storage.Moving;

/// <summary>
/// Moves everything of the embedded database into Postgres, in one transaction, and puts the embedded one out of the way afterwards: a device
/// must never run from two databases. Encrypted records stay valid, because they are bound to their session, kind and id, which stay the same.
/// Tables and columns have the same names on both sides; those of the original lie in <c>public</c>, the others in <c>recado</c>.
/// </summary>
internal sealed class EmbeddedMove(string folder, string connectionString, Guid? newUser)
{
    private static readonly string[] Public = ["whatsapp_sessions", "leads", "messages"];

    private readonly List<(string Table, long Rows)> _moved = [];

    /// <returns>How many rows of which table were moved.</returns>
    /// <exception cref="StorageException">Nothing was moved; the message is one line that says why.</exception>
    public async Task<IReadOnlyList<(string Table, long Rows)>> RunAsync(CancellationToken ct)
    {
        var (file, moved) = (SqliteDatabase.FileIn(folder), SqliteDatabase.MovedFileIn(folder));
        if (!File.Exists(file))
            throw Refuse($"there is no embedded database in {folder}{(File.Exists(moved) ? $" (it was moved already, and is now {moved})" : "")}");
        if (File.Exists(moved))
            throw Refuse($"{moved} is in the way; it is left from an earlier move");

        await using (var source = SqliteDatabase.Open(folder))
        {
            await using (PostgresDatabase.Open(connectionString))
            {
                // For the sake of the schema.
            }

            await source.ReadAsync(db => Copy(db), ct);
        }

        File.Move(file, moved);
        return _moved;
    }

    private bool Copy(SqliteStatements source)
    {
        try
        {
            using var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            using var transaction = connection.BeginTransaction();
            var target = new PostgresTables(connection);
            Check(source, target);
            foreach (var table in target.InOrder(source.Query("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'", r => r.GetString(0))
                .Select(name => new TableName(Public.Contains(name) ? "public" : "recado", name))))
            {
                _moved.Add((table.Name, Copy(source, connection, table, target.ColumnsOf(table))));
            }

            transaction.Commit();
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation && e.TableName is "whatsapp_sessions" or "leads" or "messages")
        {
            throw Refuse("a session belongs to a user whom the project does not know (auth.users); name the user who is to have it: --user ID", e);
        }
        catch (NpgsqlException e)
        {
            throw PostgresDatabase.CannotBeUsed(connectionString, e);
        }
    }

    private void Check(SqliteStatements source, PostgresTables target)
    {
        var sessions = source.Query("select id from whatsapp_sessions", r => r.Guid(0));
        var users = source.Query("select user_id from whatsapp_sessions union select user_id from user_event_numbers", r => r.Guid(0));
        if (sessions.Count == 0)
            throw Refuse("it holds no session");
        if (newUser is not null && users.Count > 1)
            throw Refuse($"it holds the sessions of {users.Count} users, who cannot all become one");
        if (target.Count("select count(*) from public.whatsapp_sessions where id = any($1)", sessions.ToArray()) is > 0 and var held)
            throw Refuse($"the database holds {held} of its {sessions.Count} sessions already");
        if (target.Count("select count(*) from recado.user_event_numbers where user_id = any($1)", newUser is { } user ? [user] : users.ToArray()) > 0)
            throw Refuse("the database holds events of the same user already; move before that user's first session there");
    }

    private long Copy(SqliteStatements source, NpgsqlConnection connection, TableName table, IReadOnlyDictionary<string, string> types)
    {
        var columns = source.Query($"select name from pragma_table_info('{table.Name}')", r => r.GetString(0));
        if (columns.Find(c => !types.ContainsKey(c)) is { } unknown)
            throw new InvalidOperationException($"{table} has no column {unknown}.");

        using var rows = source.Connection.CreateCommand();
        rows.CommandText = $"select {string.Join(", ", columns)} from {table.Name}";
        using var reader = rows.ExecuteReader();
        using var writer = connection.BeginBinaryImport($"copy {table} ({string.Join(", ", columns)}) from stdin (format binary)");
        while (reader.Read())
        {
            writer.StartRow();
            for (var i = 0; i < columns.Count; i++)
            {
                if (reader.IsDBNull(i))
                    writer.WriteNull();
                else
                    Write(writer, types[columns[i]], columns[i] == "user_id" && newUser is { } user ? user.ToString() : reader.GetValue(i));
            }
        }

        return (long)writer.Complete();
    }

    /// <summary>The forms in which SQLite holds what Postgres has types for.</summary>
    private static void Write(NpgsqlBinaryImporter writer, string type, object value)
    {
        switch (type, value)
        {
            case ("uuid", string text):
                writer.Write(Guid.Parse(text), NpgsqlDbType.Uuid);
                break;
            case ("timestamptz", long milliseconds):
                writer.Write(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime, NpgsqlDbType.TimestampTz);
                break;
            case ("jsonb", string json):
                writer.Write(PostgresText.CleanJson(json), NpgsqlDbType.Jsonb);
                break;
            case ("json", string json):
                writer.Write(PostgresText.CleanJson(json), NpgsqlDbType.Json);
                break;
            case ("bool", long flag):
                writer.Write(flag != 0, NpgsqlDbType.Boolean);
                break;
            case ("int8", long number):
                writer.Write(number, NpgsqlDbType.Bigint);
                break;
            case ("int4", long number):
                writer.Write((int)number, NpgsqlDbType.Integer);
                break;
            case ("float8", double number):
                writer.Write(number, NpgsqlDbType.Double);
                break;
            case ("bytea", byte[] bytes):
                writer.Write(bytes, NpgsqlDbType.Bytea);
                break;
            case ("text", byte[] credentials):
                writer.Write(PostgresCredentials.ToColumn(credentials)!, NpgsqlDbType.Text);
                break;
            case ("text", string text):
                writer.Write(PostgresText.Clean(text), NpgsqlDbType.Text);
                break;
            default:
                throw new InvalidOperationException($"A value of type {value.GetType().Name} has no form in a column of type {type}.");
        }
    }

    private StorageException Refuse(string why, Exception? cause = null) =>
        new($"The embedded database in {folder} was not moved: {why}.", isTransient: false, cause);
}
