using Microsoft.Data.Sqlite;
using Recado.Server.Storage;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_WhenTheFolderIsNew_LeavesNothingReadableForOthers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        var folder = Path.Combine(_folder.Path, "data");
        await using var database = SqliteDatabase.Open(folder);
        await database.WriteAsync(db => db.Execute("insert into user_event_numbers values ('u', 1)"), TestContext.Current.CancellationToken);

        const UnixFileMode others = (UnixFileMode)0b111_111;
        Assert.Equal(default, File.GetUnixFileMode(folder) & others);
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal(default, File.GetUnixFileMode(file) & others));
        Assert.Contains(Directory.GetFiles(folder), file => file.EndsWith("-wal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_WhenAnotherRecadoHasIt_SaysSo()
    {
        await using var first = SqliteDatabase.Open(_folder.Path);

        var e = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.Path));

        AssertOneLine(e, "another Recado is running on this folder");
    }

    [Fact]
    public async Task Open_WhenAnotherProgramLocksTheFile_SaysSo()
    {
        await SqliteDatabase.Open(_folder.Path).DisposeAsync();
        using var other = new SqliteConnection($"Data Source={_folder.File("recado.db")};Pooling=False");
        other.Open();
        Execute(other, "begin immediate");

        var e = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.Path));

        AssertOneLine(e, "another process holds it locked");
    }

    [Fact]
    public async Task Open_WhenTheSchemaIsNewer_SaysSo()
    {
        await SqliteDatabase.Open(_folder.Path).DisposeAsync();
        using (var other = new SqliteConnection($"Data Source={_folder.File("recado.db")};Pooling=False"))
        {
            other.Open();
            Execute(other, "pragma user_version = 9999");
        }

        var e = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.Path));

        AssertOneLine(e, "its schema is number 9999, made by a newer Recado");
    }

    [Fact]
    public async Task Open_WhenTheSchemaIsFromBeforeTheHistory_KeepsEveryRow()
    {
        var ct = TestContext.Current.CancellationToken;
        using (var old = new SqliteConnection($"Data Source={_folder.File("recado.db")};Pooling=False"))
        {
            old.Open();
            foreach (var (_, script) in SqliteMigrations.After(0).Take(3))
                Execute(old, script);
            Execute(old, "insert into whatsapp_sessions (id, user_id, status, created_at, updated_at) values ('s', 'u', 'connected', 1, 1)");
            for (var i = 0; i < 100; i++)
            {
                Execute(old, $"insert into messages (id, user_id, whatsapp_session_id, direction, content, status, timestamp, whatsapp_id, chat, sender, origin, about) "
                    + $"values ('m{i}', 'u', 's', 'received', '{{\"type\":\"text\"}}', 'received', {i}, 'w{i}', 'c', 'c', '{(i % 2 == 0 ? "live" : "offline")}', {(i == 7 ? "'w6'" : "null")})");
            }

            Execute(old, "pragma user_version = 3");
        }

        await using var database = SqliteDatabase.Open(_folder.Path);
        var rows = await database.ReadAsync(
            db => db.Query("select id, whatsapp_id, origin, about from messages order by timestamp", r => (r.GetString(0), r.GetString(1), r.GetString(2), r.Text(3))), ct);
        var isGone = await database.WriteAsync(
            db =>
            {
                db.Execute("insert into messages select 'h', user_id, lead_id, whatsapp_session_id, direction, content, status, timestamp, 'wh', chat, sender, "
                    + "phone_number, lid, push_name, is_group, 'history', about from messages where id = 'm0'");
                db.Execute("delete from whatsapp_sessions where id = 's'");
                return db.First("select count(*) from messages", r => r.GetInt32(0)) == 0;
            },
            ct);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => ($"m{i}", $"w{i}", i % 2 == 0 ? "live" : "offline", i == 7 ? "w6" : null)), rows);
        Assert.True(isGone); // the rows still belong to their session
    }

    [Fact]
    public void Open_WhenTheFileIsNoDatabase_SaysSo()
    {
        File.WriteAllText(_folder.File("recado.db"), new string('x', 5000));

        var e = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.Path));

        AssertOneLine(e, "is not an SQLite database");
        Assert.Equal(5000, new FileInfo(_folder.File("recado.db")).Length);
    }

    [Fact]
    public void Open_WhenTheFolderIsAFile_SaysSo()
    {
        File.WriteAllText(_folder.File("data"), "");

        var e = Assert.Throws<StorageException>(() => SqliteDatabase.Open(_folder.File("data")));

        AssertOneLine(e, _folder.File("data"));
    }

    [Fact]
    public async Task Write_WhenOneUnitFails_KeepsTheOthersOfItsGroup()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = SqliteDatabase.Open(_folder.Path);

        var work = Enumerable.Range(0, 20).Select(i => database.WriteAsync(
            db =>
            {
                db.Execute("insert into user_event_numbers values ($user, 1)", ("$user", $"user {i}"));
                return i == 7 ? throw new InvalidOperationException("no") : i;
            },
            ct)).ToList();

        await Assert.ThrowsAsync<InvalidOperationException>(() => work[7]);
        await Task.WhenAll(work.Where((_, i) => i != 7));
        Assert.Equal(19, await database.ReadAsync(db => db.First("select count(*) from user_event_numbers", r => r.GetInt32(0)), ct));
    }

    [Fact]
    public async Task Write_WhenTheDiskIsFull_FailsForNowAndWorksAgainWithRoom()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = SqliteDatabase.Open(_folder.Path);
        var pages = await database.WriteAsync(db => db.First("pragma page_count", r => r.GetInt64(0)), ct);
        await database.WriteAsync(db => db.First($"pragma max_page_count = {pages}", r => r.GetInt64(0)), ct);

        var full = await Assert.ThrowsAsync<StorageException>(() => FillAsync());
        await database.WriteAsync(db => db.First("pragma max_page_count = 1000000", r => r.GetInt64(0)), ct);
        await FillAsync();

        Assert.True(full.IsTransient);
        Assert.Contains("the disk is full", full.Message, StringComparison.Ordinal);

        Task<int> FillAsync() => database.WriteAsync(
            db => db.Execute("insert into user_event_numbers values ($user, 1)", ("$user", new string('x', 100_000))), ct);
    }

    private static void AssertOneLine(StorageException e, string expected)
    {
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
