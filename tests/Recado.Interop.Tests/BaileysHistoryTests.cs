using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Simulator;
using Recado.Simulator.Phones;

namespace Recado.Interop.Tests;

/// <summary>The history of a simulated phone, as a real client takes it.</summary>
public sealed class BaileysHistoryTests
{
    private const int TimeLimit = 120_000;

    [Fact(Timeout = TimeLimit)]
    public async Task History_WhenThePhoneHasOne_IsTakenWhole()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        service.AddPhone("5511900000002", "Ben");
        var chat = (await phone.GiveHistoryAsync(new HistoryPlan { Chats = 1, MessagesPerChat = 20, OnlyOnPhone = 12, IsInline = true }, ct))[0];

        await using var ana = await BaileysClient.PairAsync(service, phone, ct, wantsHistory: true);
        var first = await TakeAsync(ana, chat.MessageIds[0], ct);
        var rest = await TakeAsync(ana, chat.MessageIds[8], ct); // this client asks for everything when it is linked

        Assert.Equal(chat.MessageIds.Take(8).Order(), first.Select(Id).Order());
        Assert.Equal(chat.MessageIds.Skip(8).Order(), rest.Select(Id).Order());
        Peace.AssertKept(service);
    }

    /// <summary>The messages of the part that holds this one.</summary>
    private static async Task<IReadOnlyList<JsonElement>> TakeAsync(BaileysClient client, string messageId, CancellationToken ct)
    {
        var part = await client.TakeAsync("messaging-history.set", e => Messages(e).Any(message => Id(message) == messageId), ct);
        return [.. Messages(part)];
    }

    private static IEnumerable<JsonElement> Messages(JsonElement part) => part.GetProperty("data").GetProperty("messages").EnumerateArray();

    private static string Id(JsonElement message) => message.GetProperty("key").GetProperty("id").GetString()!;
}
