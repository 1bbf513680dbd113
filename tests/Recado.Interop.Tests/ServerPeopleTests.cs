using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;

namespace Recado.Interop.Tests;

/// <summary>Calls and presence between our server, Baileys and the phones of both.</summary>
public sealed class ServerPeopleTests(SharedConversation shared) : IClassFixture<SharedConversation>
{
    private Conversation Talk => shared.Talk;

    private string Session => $"/api/sessions/{Talk.Session}";

    [Fact(Timeout = Limits.Test)]
    public async Task Call_WhenOurPhoneCallsBaileys_RingsAndIsRejected()
    {
        var ct = TestContext.Current.CancellationToken;

        var id = Talk.OurPhone.Call(Talk.TheirPhone.PhoneNumber, isVideo: true);

        var ringing = await CallAsync(id, "offer", ct);
        Assert.True(ringing.GetProperty("isVideo").GetBoolean());
        await Talk.Baileys.CallAsync("rejectCall", ct, id, ringing.GetProperty("from").GetString());
        await Talk.OurPhone.WaitForCallAsync(news => news.CallId == id && news.Signal == "reject", ct);
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Call_WhenItIsNotTaken_EndsForBaileysAndTheServerAlike()
    {
        var ct = TestContext.Current.CancellationToken;

        var toBaileys = Talk.OurPhone.Call(Talk.TheirPhone.PhoneNumber);
        await CallAsync(toBaileys, "offer", ct);
        Talk.OurPhone.EndCall(toBaileys, "timeout");
        await CallAsync(toBaileys, "timeout", ct);

        var toServer = Talk.TheirPhone.Call(Talk.OurPhone.PhoneNumber);
        await Talk.Server.TakeAsync("call_received", Talk.Session, e => e.GetProperty("callId").ValueEquals(toServer), ct);
        Talk.TheirPhone.EndCall(toServer, "timeout");
        var ended = await Talk.Server.TakeAsync("call_ended", Talk.Session, e => e.GetProperty("callId").ValueEquals(toServer), ct);
        Assert.Equal("missed", ended.GetProperty("outcome").GetString());
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Presence_WhenBaileysSubscribes_IsThatOfTheServer()
    {
        var ct = TestContext.Current.CancellationToken;
        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "available");
        await Talk.Server.PostAsync($"{Session}/presence", new { state = "unavailable" }, ct);

        await Talk.Baileys.CallAsync("presenceSubscribe", ct, shared.Chat);
        await Talk.Server.PostAsync($"{Session}/presence", new { state = "available" }, ct);
        await Talk.Baileys.PresenceAsync("available", ct);
        await Talk.Server.PostAsync($"{Session}/presence", new { state = "unavailable" }, ct);
        await Talk.Baileys.PresenceAsync("unavailable", ct);

        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "unavailable");
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Presence_WhenTheServerSubscribes_IsThatOfBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "unavailable");
        await Talk.Server.PostAsync($"{Session}/presence", new { state = "available" }, ct);

        await Talk.Server.PostAsync($"{Session}/presence/subscriptions", new { to = Talk.TheirPhone.PhoneNumber }, ct);
        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "available");
        var there = await PresenceAsync("available", ct);
        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "unavailable");
        var gone = await PresenceAsync("unavailable", ct);

        JsonPart.Contained($$"""{"phoneNumber": "{{Talk.TheirPhone.PhoneNumber}}", "lid": "{{Talk.TheirPhone.Lid}}"}""", there);
        Assert.Equal(Talk.TheirPhone.PhoneNumber, gone.GetProperty("phoneNumber").GetString());
        await Talk.Server.PostAsync($"{Session}/presence", new { state = "unavailable" }, ct);
        Peace.AssertKept(Talk.Service);
    }

    private Task<JsonElement> PresenceAsync(string state, CancellationToken ct) =>
        Talk.Server.TakeAsync("presence_update", Talk.Session, e => e.GetProperty("state").ValueEquals(state), ct);

    /// <summary>What Baileys tells of a call.</summary>
    private async Task<JsonElement> CallAsync(string id, string status, CancellationToken ct)
    {
        var e = await Talk.Baileys.TakeAsync(
            "call", e => e.GetProperty("data")[0] is var call && call.GetProperty("id").ValueEquals(id) && call.GetProperty("status").ValueEquals(status), ct);
        return e.GetProperty("data")[0];
    }
}
