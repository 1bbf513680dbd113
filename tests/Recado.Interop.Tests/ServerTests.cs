using System.Text.Json;
using Microsoft.Data.Sqlite;
using Recado.Interop.Tests.Harness;
using Recado.Protocol;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests;

/// <summary>Our server, run and driven as by its users, with a real client of other authors as the other party.</summary>
public sealed class ServerTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("recado-interop-").FullName;

    [Fact]
    public async Task Texts_WhenExchangedWithBaileys_ArriveAndAreDeliveredAndRead()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = AddPhones(service);
        await using var server = await RecadoServer.StartAsync(service, _data, ct);
        var session = await server.PairAsync(ourPhone, ct);
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);

        var question = await server.SendTextAsync(session, theirPhone.PhoneNumber, "Are you there? 👋", ct);
        var asked = await baileys.ReceiveAsync("Are you there? 👋", ct);
        await server.StatusAsync(session, question, "delivered", ct);
        await baileys.ReadAsync(asked, ct);
        await server.StatusAsync(session, question, "read", ct);
        var answer = await baileys.SendTextAsync(asked.Chat, "Yes.", ct);
        var answered = await server.ReceiveAsync(session, "Yes.", ct);
        await DeliveredByAsync(service, ourPhone, answer, ct);
        await ourPhone.ReadAsync([answer], ct);
        await baileys.StatusAsync(answer, "READ", ct);

        Assert.Equal(question, asked.Id);
        Assert.Equal(answer, answered.GetProperty("messageId").GetString());
        Assert.Equal(theirPhone.PhoneNumber, answered.GetProperty("phoneNumber").GetString()?.TrimStart('+'));
        Violations.AssertOnlyQuirks(service);
    }

    [Fact]
    public async Task Text_WhenBaileysLostItsSessions_IsSentAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = AddPhones(service);
        await using var server = await RecadoServer.StartAsync(service, _data, ct);
        var session = await server.PairAsync(ourPhone, ct);
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        await SettleAsync(server, session, baileys, theirPhone, ct);

        await baileys.DeleteSessionsAsync(ct);
        var id = await server.SendTextAsync(session, theirPhone.PhoneNumber, "after the loss", ct);

        await baileys.UndecryptableAsync(id, ct);
        Assert.Equal(id, (await baileys.ReceiveAsync("after the loss", ct)).Id);
        await server.StatusAsync(session, id, "delivered", ct);
        Violations.AssertOnlyQuirks(service);
    }

    [Fact]
    public async Task Text_WhenTheServerLostItsSessions_IsAskedForAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = AddPhones(service);
        string session, chat;
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        await using (var server = await RecadoServer.StartAsync(service, _data, ct))
        {
            session = await server.PairAsync(ourPhone, ct);
            chat = await SettleAsync(server, session, baileys, theirPhone, ct);
        }

        await DeleteSessionsAsync(ct);
        await using var again = await RecadoServer.StartAsync(service, _data, ct);
        await again.StateAsync(session, "connected", ct);
        var id = await baileys.SendTextAsync(chat, "after the loss", ct);

        var received = await again.ReceiveAsync(session, "after the loss", ct);
        Assert.Equal(id, received.GetProperty("messageId").GetString());
        Assert.Contains(service.Trace.Entries, e => e is StanzaEntry { Direction: TraceDirection.FromClient } s
            && s.Node.Tag == "receipt" && s.Node["type"] == "retry" && s.Node["id"] == id);
        Violations.AssertOnlyQuirks(service);
    }

    [Fact]
    public async Task Text_WhenDamagedOnTheWay_IsAskedForAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = AddPhones(service);
        await using var server = await RecadoServer.StartAsync(service, _data, ct);
        var session = await server.PairAsync(ourPhone, ct);
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        var chat = await SettleAsync(server, session, baileys, theirPhone, ct);

        service.Faults.Add(new(Simulator.Faults.FaultKind.Corrupt, Phone: ourPhone.PhoneNumber));
        var id = await baileys.SendTextAsync(chat, "damaged", ct);

        Assert.Equal(id, (await server.ReceiveAsync(session, "damaged", ct)).GetProperty("messageId").GetString());
        Assert.Empty(service.Faults.Pending);
        Violations.AssertOnlyQuirks(service);
    }

    [Fact]
    public async Task Session_WhenTheServerWasKilled_ComesBackWithoutAScan()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = AddPhones(service);
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        string session, chat;
        await using (var server = await RecadoServer.StartAsync(service, _data, ct))
        {
            session = await server.PairAsync(ourPhone, ct);
            chat = await SettleAsync(server, session, baileys, theirPhone, ct);
            await server.KillAsync();
        }

        var missed = await baileys.SendTextAsync(chat, "while you were away", ct);
        await using var again = await RecadoServer.StartAsync(service, _data, ct);

        await again.StateAsync(session, "connected", ct);
        var received = await again.ReceiveAsync(session, "while you were away", ct);
        Assert.Equal(missed, received.GetProperty("messageId").GetString());
        var id = await again.SendTextAsync(session, theirPhone.PhoneNumber, "back again", ct);
        Assert.Equal(id, (await baileys.ReceiveAsync("back again", ct)).Id);
        Violations.AssertOnlyQuirks(service);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static (SimulatedPhone Ours, SimulatedPhone Theirs) AddPhones(SimulatedService service) =>
        (service.AddPhone("5511900000001", "Ana"), service.AddPhone("5511900000002", "Ben"));

    /// <summary>Exchanges a text each way, so that both sides hold a settled session. Returns the chat as Baileys names it.</summary>
    private static async Task<string> SettleAsync(
        RecadoServer server, string session, BaileysClient baileys, SimulatedPhone theirPhone, CancellationToken ct)
    {
        await server.SendTextAsync(session, theirPhone.PhoneNumber, "first", ct);
        var first = await baileys.ReceiveAsync("first", ct);
        await baileys.SendTextAsync(first.Chat, "second", ct);
        await server.ReceiveAsync(session, "second", ct);
        return first.Chat;
    }

    /// <summary>Waits for the receipt of the server's own device; the phone gives one as well.</summary>
    private static Task DeliveredByAsync(SimulatedService service, SimulatedPhone phone, string messageId, CancellationToken ct) =>
        service.Trace.WaitForAsync(
            e => e is StanzaEntry { Direction: TraceDirection.FromClient } s && s.Connection.StartsWith(phone.PhoneNumber, StringComparison.Ordinal)
                && s.Node.Tag == "receipt" && s.Node["id"] == messageId && s.Node["type"] is null or "inactive",
            ct);

    /// <summary>What a damaged database would have lost.</summary>
    private async Task DeleteSessionsAsync(CancellationToken ct)
    {
        var database = Assert.Single(Directory.GetFiles(_data, "*.db"));
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(ct);
        await using var delete = connection.CreateCommand();
        delete.CommandText = "delete from device_records where kind = 'session'";
        Assert.NotEqual(0, await delete.ExecuteNonQueryAsync(ct));
    }
}
