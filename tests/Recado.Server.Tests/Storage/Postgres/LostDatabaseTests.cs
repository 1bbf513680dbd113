using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class LostDatabaseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerUnderTest.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_WhenTheDatabaseGoesAndComes_StaysConnectedAndLosesNothing(bool isPooled)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var pooler = await PgBouncer.StartAsync(postgres.Port);
        await using var server = await ServerUnderTest.StartAsync(
            database: PostgresServer.AddressOf(await postgres.CreateDatabaseAsync(), isPooled ? pooler.Port : postgres.Port));
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await bruno.SendTextAsync("5511900000001", "before", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "before");
        using var http = server.Http();

        await postgres.StopAsync();
        var messages = new List<string>();
        for (var i = 0; i < 10; i++)
            messages.Add(await bruno.SendTextAsync("5511900000001", $"meanwhile {i}", Ct));
        var receipts = messages.Select(m => bruno.WaitForReceiptAsync(r => r.MessageId == m && r.From.Contains(':', StringComparison.Ordinal), Ct)).ToList();
        using var answer = await http.GetAsync("/api/sessions", Ct);
        using var ready = await http.GetAsync("/health/ready", Ct);
        using var live = await http.GetAsync("/health/live", Ct);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        var isAnyAcknowledged = receipts.Any(r => r.IsCompleted);
        await postgres.StartAgainAsync();
        await Task.WhenAll(receipts);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("database_unavailable", problem.GetProperty("code").GetString());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
        Assert.False(isAnyAcknowledged);
        Assert.Equal(11, (await server.MessagesAsync(id)).Count);
        Assert.Equal(11, (await server.EventsAsync()).Count(e => e.Type == EventTypes.MessageReceived));
        Assert.Single(await server.EventsAsync(), e => e.Type == EventTypes.SessionReady);
        Assert.Empty(server.WhatsApp.Trace.Violations);
        using var again = await http.GetAsync("/api/sessions", Ct);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>The commit has happened, its answer is lost.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_WhenTheAnswerIsLost_IsWrittenOnce(bool hasMessage)
    {
        var postgres = await SharedPostgres.ServerAsync();
        await using var proxy = new CuttingProxy(postgres.Port);
        await using var database = PostgresDatabase.Open(PostgresServer.AddressOf(await postgres.CreateDatabaseAsync(), proxy.Port));
        var (user, time) = (Guid.NewGuid(), TimeProvider.System);
        var journal = new PostgresSessionJournal(database, new RecordCipher(["a secret for tests"], RandomSource.System), new EventSignals(), time);
        var row = await new PostgresSessionStore(database, time).CreateAsync(user, name: null, limit: 1, Ct);
        var owned = (await journal.AcquireAsync(row!.Id, Ct))!;
        List<JournalEntry> entries = [new JournalEntry.Event("test", "{}")];
        if (hasMessage)
            entries.Insert(0, new JournalEntry.Progress(MessageDirections.Sent, "unknown", MessageStatuses.Read, Then: null)); // a second round trip

        proxy.CutAfter("into recado.user_events");
        var isWritten = await journal.CommitAsync(owned.Lease, DeviceChanges.Empty, entries, Ct);
        proxy.CutAfter("recado.hold_lease");
        var isPurged = await journal.PurgeAsync(owned.Lease, Ct);

        Assert.Equal((true, true, 2), (isWritten, isPurged, proxy.Cuts));
        Assert.Equal(1, await database.FirstAsync(
            new PostgresStatement("select last_event_id from recado.user_event_numbers where user_id = @user", ("user", user)), r => r.GetInt64(0), Ct));
    }
}
