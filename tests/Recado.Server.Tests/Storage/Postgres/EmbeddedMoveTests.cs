using Microsoft.Extensions.Time.Testing;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Storage.Moving;
using Recado.Server.Storage.Postgres;
using Recado.Server.Storage.Sqlite;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class EmbeddedMoveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Migrate_WhenASessionIsLinked_ContinuesOnPostgresWithoutAScan()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var (ana, bruno) = (server.WhatsApp.AddPhone("5511900000001"), server.WhatsApp.AddPhone("5511900000002"));
        var id = await server.ConnectSessionAsync(ana);
        await server.Sessions.ChangeAsync(server.User, id, row => row with { Settings = row.Settings with { Leads = LeadModes.On } }, Ct);
        await bruno.SendTextAsync("5511900000001", "to the embedded one", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived);
        var last = (await server.EventsAsync())[^1].EventId;
        await server.StopHostAsync();
        await bruno.SendTextAsync("5511900000001", "in between", Ct);

        var address = await SharedPostgres.CreateDatabaseAsync(isMigrated: false);
        var settings = new RecadoSettings { DataFolder = server.DataFolder, Database = address };
        var console = new StringWriter();
        await MigrateCommand.Parse(["--from-sqlite"])!(new MigrateCommand(settings, console));
        server.Configure = s => s with { Database = address };
        await server.StartHostAsync();
        await server.WaitForEventAsync(EventTypes.MessageReceived, "in between");
        await bruno.SendTextAsync("5511900000001", "to Postgres", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "to Postgres");
        var sent = await server.Grain(id).SendAsync(SendMessage.Of(["5511900000002"], new TextContent("from Postgres")), Ct);
        await bruno.WaitForMessageAsync(m => m.Text == "from Postgres", Ct);

        Assert.IsType<SendOutcome.Sent>(sent);
        Assert.Equal(4, (await server.MessagesAsync(id)).Count);
        var lead = Assert.Single((await server.Get<ILeadStore>().ListAsync(new LeadQuery(server.User), Ct)).Leads);
        Assert.Equal("to the embedded one", lead.Data.GetProperty("firstMessage").GetString());
        Assert.All(await server.MessagesAsync(id), message => Assert.Equal(lead.Id, message.LeadId));
        Assert.Single(await server.EventsAsync(), e => e.Type == EventTypes.QrCode);
        Assert.True((await server.EventsAsync())[^1].EventId > last);
        Assert.Single(ana.LinkedDevices);
        Assert.Empty(server.WhatsApp.Trace.Violations);
        Assert.Contains("whatsapp_sessions: 1", console.ToString(), StringComparison.Ordinal);

        await AssertRefusedAsync(server.DataFolder, address, "it was moved already");
        File.Move(SqliteDatabase.MovedFileIn(server.DataFolder), SqliteDatabase.FileIn(server.DataFolder));
        await AssertRefusedAsync(server.DataFolder, address, "holds 1 of its 1 sessions already");
    }

    [Fact]
    public async Task Migrate_WhenSupabaseDoesNotKnowTheUser_AsksWhoIsToHaveTheSessions()
    {
        using var folder = new TemporaryFolder();
        await using (var embedded = SqliteDatabase.Open(folder.Path))
            await new SqliteSessionStore(embedded, new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero))).CreateAsync(Guid.NewGuid(), "shop", 1, Ct);
        var address = await SupabaseShape.CreateAsync();

        await AssertRefusedAsync(folder.Path, address, "--user ID");
        await new EmbeddedMove(folder.Path, address, SupabaseShape.Ana).RunAsync(Ct);

        Assert.Equal([$"{SupabaseShape.Ana}|shop|connecting|31/01/2026 12"], await PostgresServer.QueryAsync(
            address, "select user_id, name, status, to_char(created_at at time zone 'UTC', 'DD/MM/YYYY HH24') from public.whatsapp_sessions"));
    }

    [Fact]
    public async Task Migrate_WhenAServerRunsOnTheEmbeddedDatabase_Refuses()
    {
        using var folder = new TemporaryFolder();
        await using var running = SqliteDatabase.Open(folder.Path);

        await AssertRefusedAsync(folder.Path, await SharedPostgres.CreateDatabaseAsync(), "another Recado is running on this folder");
    }

    /// <summary>The engines keep the same tables and columns, so that everything of one has a place in the other.</summary>
    [Fact]
    public async Task Schemas_WhenCompared_HaveThePlacesOfTheEmbeddedOne()
    {
        using var folder = new TemporaryFolder();
        await using var embedded = SqliteDatabase.Open(folder.Path);
        var ours = await embedded.ReadAsync(
            db => db.Query(
                """
                select t.name || '.' || c.name from sqlite_schema t, pragma_table_info(t.name) c
                where t.type = 'table' and t.name not like 'sqlite_%'
                """,
                r => r.GetString(0)),
            Ct);

        var theirs = await PostgresServer.QueryAsync(
            await SharedPostgres.CreateDatabaseAsync(),
            """
            select table_name || '.' || column_name from information_schema.columns
            where table_schema = case when table_name in ('whatsapp_sessions', 'messages', 'leads') then 'public' else 'recado' end
            """);

        Assert.Empty(ours.Except(theirs));
    }

    /// <summary>A table that is added later is moved by itself; one that is not has to be named here, with its reason.</summary>
    [Fact]
    public async Task Migrate_WhenEveryTableHasARow_MovesThemAll()
    {
        string[] left = [];
        using var folder = new TemporaryFolder();
        IReadOnlyList<(string Table, long Rows)> held;
        await using (var embedded = SqliteDatabase.Open(folder.Path))
        {
            held = await embedded.WriteAsync(FillEveryTable, Ct);
        }

        var address = await SharedPostgres.CreateDatabaseAsync(isMigrated: false);
        var moved = await new EmbeddedMove(folder.Path, address, newUser: null).RunAsync(Ct);

        Assert.All(held, table => Assert.Equal(1, table.Rows));
        Assert.Equal(held.Where(table => !left.Contains(table.Table)).Order(), moved.Order());
        foreach (var (table, _) in moved)
        {
            var schema = table is "whatsapp_sessions" or "messages" or "leads" ? "public" : "recado";
            Assert.Equal(["1"], await PostgresServer.QueryAsync(address, $"select count(*) from {schema}.{table}"));
        }
    }

    /// <summary>One row each, whatever the columns are called: of the type they have, and named alike where they refer to each other.</summary>
    private static IReadOnlyList<(string Table, long Rows)> FillEveryTable(SqliteStatements db)
    {
        db.Execute("pragma defer_foreign_keys = on");
        var tables = db.Query("select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%'", r => (Name: r.GetString(0), Sql: r.GetString(1)));
        var hasLeads = tables.Exists(t => t.Name == "leads");
        foreach (var (table, sql) in tables)
        {
            var columns = db.Query($"select name, type from pragma_table_info('{table}')", r => (Name: r.GetString(0), Type: r.GetString(1)));
            db.Execute($"insert into {table} ({string.Join(", ", columns.Select(c => c.Name))}) values ({string.Join(", ", columns.Select(c => Value(sql, c.Name, c.Type, hasLeads)))})");
        }

        return [.. tables.Select(t => (t.Name, db.First($"select count(*) from {t.Name}", r => r.GetInt64(0))))];
    }

    private static string Value(string table, string column, string type, bool hasLeads)
    {
        // The first of the values that a check allows.
        if (System.Text.RegularExpressions.Regex.Match(table, $@"\b{column}\b[^,]*?check \({column} in \(('[^']*')") is { Success: true } allowed)
            return allowed.Groups[1].Value;

        return (column, type) switch
        {
            (_, "INTEGER") => "1",
            (_, "BLOB") => "x'00'",
            (_, "REAL") => "1.5",
            ("payload", _) => "'{}'",
            ("lead_id", _) when !hasLeads => "null",
            _ when table.Contains($"json_valid({column})", StringComparison.Ordinal) => "'{}'",
            _ => "'00000000-0000-0000-0000-000000000001'",
        };
    }

    private static async Task AssertRefusedAsync(string folder, string address, string why)
    {
        var e = await Assert.ThrowsAsync<StorageException>(() => new EmbeddedMove(folder, address, newUser: null).RunAsync(Ct));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
