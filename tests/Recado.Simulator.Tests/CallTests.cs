using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Calls;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class CallTests : ServiceTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_WhenACompanionRejectsIt_ReachesTheCaller(bool isVideo)
    {
        await using var client = await ClientOfAsync(Ana);

        var id = Bia.Call(Ana.PhoneNumber, isVideo);
        var offer = await ReceiveAsync(client);
        await client.Connection.SendAsync(CallStanzas.Reject("R1", client.Device.Lid, offer));
        var ack = await client.Connection.ReceiveAsync(n => n.Tag == "ack" && n["class"] == "call");
        await Bia.WaitForCallAsync(c => c.CallId == id && c.Signal == "reject", Ct);
        var elsewhere = await Ana.WaitForCallAsync(c => c.CallId == id && c.Signal == "terminate", Ct);

        Assert.Equal((id, isVideo, Bia.Lid, Bia.Jid), (offer.CallId, offer.IsVideo, offer.Creator, offer.CallerPhoneNumber!.Value));
        Assert.Equal("R1", ack["id"]);
        Assert.Equal("rejected_elsewhere", elsewhere.Reason);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Call_WhenThePhoneTakesIt_RingsNoLongerElsewhere()
    {
        await using var client = await ClientOfAsync(Ana);

        var id = Bia.Call(Ana.PhoneNumber);
        await ReceiveAsync(client);
        Ana.AcceptCall(id);
        var end = await ReceiveAsync(client);

        Assert.Equal((CallSignal.Terminate, "accepted_elsewhere"), (end.Signal, end.Reason));
        await Bia.WaitForCallAsync(c => c.CallId == id && c.Signal == "accept", Ct);
    }

    [Fact]
    public async Task Call_WhenNobodyTakesIt_EndsByTimeout()
    {
        await using var client = await ClientOfAsync(Ana);

        var id = Bia.Call(Ana.PhoneNumber, group: Jid.Parse("120363000000000001@g.us"));
        var offer = await ReceiveAsync(client);
        Bia.EndCall(id, "timeout");
        var end = await ReceiveAsync(client);

        Assert.True(offer.IsGroup);
        Assert.Equal("timeout", end.Reason);
    }

    [Fact]
    public async Task Call_WhileTheCompanionIsAway_IsTellableLater()
    {
        var device = new RawDevice();
        await RawClient.PairAsync(Service, Ana, device, Ct);
        await (await RawClient.LogInAsync(Service, device, Ct)).DisposeAsync();
        await Service.Trace.WaitForAsync(e => e is Trace.NoteEntry note && note.Text.Contains("has ended", StringComparison.Ordinal) && e.Connection.EndsWith(":1", StringComparison.Ordinal), Ct);

        Bia.Call(Ana.PhoneNumber);
        await using var client = await RawClient.LogInAsync(Service, device, Ct);
        var offer = await ReceiveAsync(client);

        Assert.True(offer.IsOffline);
    }

    [Theory]
    [InlineData("offer")]
    [InlineData("reject", "1234")]
    public async Task Call_OfACompanion_IsNoted(string tag, string callId = "CALL")
    {
        await using var client = await ClientOfAsync(Ana);

        await client.Connection.SendAsync(new Node(
            "call", [("id", "C1"), ("to", Bia.Lid)], new Node(tag, [("call-id", callId), ("call-creator", Bia.Lid)])));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Call_WhenTheCallerIsBlocked_DoesNotRing()
    {
        await using var client = await ClientOfAsync(Ana);
        Ana.SetBlocked(Bia.PhoneNumber, isBlocked: true);

        Bia.Call(Ana.PhoneNumber);
        await client.Connection.RequestAsync("get", "w:p");

        Assert.DoesNotContain(Ana.Calls, c => c.Signal == "offer");
        Assert.Single(Bia.Calls);
    }

    private static async Task<CallUpdate> ReceiveAsync(RawClient client)
    {
        var stanza = await client.Connection.ReceiveAsync("call");
        await client.Connection.SendAsync(new Node("ack", [("class", "call"), ("id", stanza["id"]), ("to", stanza.RequiredJid("from"))]));
        return CallStanzas.Parse(stanza)!;
    }
}
