using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Server.Storage;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class LostDatabaseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Session_WhenTheDatabaseGoesAndComes_StaysConnectedAndLosesNothing()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var server = await ServerUnderTest.StartAsync(
            database: PostgresServer.AddressOf(await postgres.CreateDatabaseAsync(), postgres.Port));
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
}
