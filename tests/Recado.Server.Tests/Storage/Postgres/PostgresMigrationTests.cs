using Microsoft.Extensions.Time.Testing;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>The first start on the databases that people have.</summary>
public sealed class PostgresMigrationTests
{
    private static readonly string[] Tables = ["whatsapp_sessions", "leads", "messages"];

    private static readonly RecordCipher Cipher = new(["a secret for tests"], RandomSource.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_WhenSeveralServersStartAtOnce_MigratesOnce(bool isPooled)
    {
        var address = await SharedPostgres.CreateDatabaseAsync(isPooled, isMigrated: false);

        var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => PostgresDatabase.Open(address), Ct)));
        foreach (var database in databases)
            await database.DisposeAsync();

        Assert.Equal([$"{PostgresMigrations.Latest}|True"],
            await PostgresServer.QueryAsync(address, "select max(number), count(*) = count(distinct number) from recado.migrations"));
    }

    [Fact]
    public async Task Open_WhenTheSchemaIsNewer_SaysSo()
    {
        var address = await SharedPostgres.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(address, "insert into recado.migrations (number, name) values (9999, 'from the future')");

        var e = Assert.Throws<StorageException>(() => PostgresDatabase.Open(address));

        Assert.Contains("its schema is number 9999, made by a newer Recado", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("postgresql://postgres:sesame@127.0.0.1:9/postgres", "nothing answers at its address")]
    [InlineData("postgresql://postgres:sesame@127.0.0.1:{port}/absent", "database \"absent\" does not exist")]
    [InlineData("postgresql://nobody:sesame@127.0.0.1:{port}/postgres", "refuses the user")]
    public async Task Open_WhenTheDatabaseCannotBeHad_SaysWhyInOneLine(string url, string expected)
    {
        var server = await SharedPostgres.ServerAsync();
        Assert.True(PostgresAddress.TryParse(url.Replace("{port}", $"{server.Port}", StringComparison.Ordinal), out var address, out _));

        var e = Assert.Throws<StorageException>(() => PostgresDatabase.Open(address));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("SUPABASE_DB_URL", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task Open_WhenAStatementFails_ChangesNothing()
    {
        var address = await SharedPostgres.CreateDatabaseAsync(isMigrated: false);
        await PostgresServer.ExecuteAsync(address, "create table public.whatsapp_sessions (id text primary key, user_id text); insert into public.whatsapp_sessions values ('a', 'b')");

        Assert.Throws<StorageException>(() => PostgresDatabase.Open(address));

        Assert.Equal(["a|b"], await PostgresServer.QueryAsync(address, "select * from public.whatsapp_sessions"));
        Assert.Equal(["0"], await PostgresServer.QueryAsync(address, "select count(*) from pg_namespace where nspname = 'recado'"));
    }

    [Theory]
    [InlineData("original")]
    [InlineData("later")]
    public async Task Open_WhenTheOriginalsTablesHoldRows_LosesNoneAndWorksWithThem(string shape)
    {
        var address = await SupabaseShape.CreateAsync(shape == "original" ? SupabaseShape.Original : SupabaseShape.Later);
        var before = await ReadAllAsync(address);

        await using var database = PostgresDatabase.Open(address);

        // The status of a session whose keys we do not have is the one thing that changes.
        Assert.Equal(Values(before, except: "status"), Values(await ReadAllAsync(address), except: "status", only: before));
        Assert.Equal(["disconnected|relink_needed", "disconnected|relink_needed"],
            await PostgresServer.QueryAsync(address, "select status, reason_code from public.whatsapp_sessions"));
        await UseAsync(database, address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("original")]
    public async Task Open_WhenItIsSupabases_FeedsRealtimeAndTiesRowsToUsers(string shape)
    {
        var address = await SupabaseShape.CreateAsync(shape == "original" ? SupabaseShape.Original : "");

        await using var database = PostgresDatabase.Open(address);

        Assert.True(database.HasSupabaseUsers);
        Assert.Equal(["leads", "messages", "whatsapp_sessions"],
            await PostgresServer.QueryAsync(address, "select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1"));
        Assert.Equal(["leads|1", "messages|1", "recado.api_keys|1", "whatsapp_sessions|1"], await PostgresServer.QueryAsync(
            address, "select conrelid::regclass::text, count(*) from pg_constraint where confrelid = 'auth.users'::regclass group by 1 order by 1"));
    }

    /// <summary>The stores on the original's rows: old sessions link anew, old messages are read, new ones written, a session is removed with all.</summary>
    private static async Task UseAsync(PostgresDatabase database, string address)
    {
        var old = new Guid("00000000-0000-0000-0000-000000000001");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        var journal = new PostgresSessionJournal(database, Cipher, new EventSignals(), time);
        var messages = new PostgresMessageStore(database, Cipher);

        Assert.Empty(await journal.FindUnreadableAsync(Ct));
        Assert.Null(await journal.OpenDevice(old).ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct));
        var acquired = Assert.IsType<LeaseOutcome.Acquired>(await journal.AcquireToRunAsync(old, limit: 5, Ct)).Session;
        var credentials = new DeviceChanges().Put(new DeviceRecord(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), [1, 2]));
        var message = new MessageRow
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            UserId = SupabaseShape.Ana,
            SessionId = old,
            Direction = MessageDirections.Received,
            Content = System.Text.Json.JsonSerializer.SerializeToElement(new { type = "text" }),
            Status = MessageStatuses.Received,
            Timestamp = time.GetUtcNow(),
            WhatsAppId = "A",
            Chat = "1@lid",
            Sender = "1@lid",
            Origin = "live",
        };
        Assert.True(await journal.CommitAsync(acquired.Lease, credentials, [new JournalEntry.Message(message, Then: null)], Ct));
        Assert.Equal([1, 2], await journal.OpenDevice(old).ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct));

        // Times of others are finer than ours; a page must end between them all the same.
        var seen = new List<MessageRow>();
        for (MessagePage? page = null; page is null or { Next: not null }; seen.AddRange(page.Messages))
        {
            _ = RowCursor.TryParse(page?.Next?.ToString(), out var cursor);
            page = await messages.ListAsync(new MessageQuery(SupabaseShape.Ana, old, Limit: 2, Before: cursor), Ct);
        }

        Assert.Equal(6, seen.DistinctBy(m => m.Id).Count());
        var chats = new PostgresChatStore(database, Cipher);
        var newest = await chats.ListAsync(SupabaseShape.Ana, old, limit: 1, before: null, withStatus: false, Ct);
        Assert.True(ChatCursor.TryParse(newest.Next?.ToString(), out var next));
        var older = await chats.ListAsync(SupabaseShape.Ana, old, limit: 1, next, withStatus: false, Ct);
        Assert.Equal(["1@lid", "5511900000009@s.whatsapp.net"], newest.Chats.Concat(older.Chats).Select(c => c.Chat));
        Assert.True(await journal.PurgeAsync(acquired.Lease, Ct));
        Assert.Equal(["2"], await PostgresServer.QueryAsync(address, "select count(*) from public.leads"));
    }

    private static async Task<List<Dictionary<string, string>>> ReadAllAsync(string address)
    {
        var rows = new List<Dictionary<string, string>>();
        foreach (var table in Tables)
        {
            foreach (var json in await PostgresServer.QueryAsync(address, $"set time zone 'UTC'; select to_jsonb(t)::text from public.{table} t order by id"))
            {
                using var document = System.Text.Json.JsonDocument.Parse(json);
                rows.Add(document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value)));
            }
        }

        return rows;
    }

    /// <summary>Times with and without a zone, and JSON and its text, count as the same.</summary>
    private static string Plain(System.Text.Json.JsonElement value) =>
        value.ToString().Replace("+00:00", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private static List<string> Values(List<Dictionary<string, string>> rows, string except, List<Dictionary<string, string>>? only = null) =>
        [.. rows.Select((row, i) => string.Join('|', row.Where(v => v.Key != except && (only ?? rows)[i].ContainsKey(v.Key)).OrderBy(v => v.Key).Select(v => $"{v.Key}={v.Value}")))];
}
