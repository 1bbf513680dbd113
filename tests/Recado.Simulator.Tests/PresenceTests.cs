using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Presence;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class PresenceTests : ServiceTest
{
    [Fact]
    public async Task Presence_WhenSubscribed_ComesWithChanges()
    {
        await using var client = await ClientOfAsync(Ana);
        await MeetAsync(client);
        await AvailableAsync(client);

        await SubscribeAsync(client, Bia.Jid);
        var before = await client.Connection.ReceiveAsync("presence");
        Bia.SetAvailable(true);
        var there = await client.Connection.ReceiveAsync("presence");
        Bia.SetAvailable(false);
        var gone = await client.Connection.ReceiveAsync("presence");

        Assert.Equal(("unavailable", "deny"), (before["type"], before["last"]));
        Assert.Null(there["type"]);
        Assert.Equal(Bia.Jid, there.RequiredJid("from"));
        Assert.Equal("unavailable", gone["type"]);
        Assert.True(gone.NumberOf("last") > 0);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Presence_OfAStranger_NeedsAToken()
    {
        await using var client = await ClientOfAsync(Ana);
        await AvailableAsync(client);

        await SubscribeAsync(client, Bia.Lid);
        await client.Connection.RequestAsync("get", "w:p"); // proves that nothing came before its answer
        Bia.Trust(Ana.PhoneNumber);
        var token = (await client.Connection.ReceiveAsync(n => n["type"] == "privacy_token")).RequiredChild("tokens").RequiredChild("token");
        await SubscribeAsync(client, Bia.Lid, Node.Of("tctoken", token.Bytes.ToArray()));
        var presence = await client.Connection.ReceiveAsync("presence");

        Assert.Equal(Bia.Lid, presence.RequiredJid("from"));
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Presence_WithATokenOfNobody_IsNoted()
    {
        await using var client = await ClientOfAsync(Ana);

        await SubscribeAsync(client, Bia.Lid, Node.Of("tctoken", "made up"u8.ToArray()));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Contains("token", Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "unavailable")]
    public async Task Presence_WhenLastSeenIsHidden_SaysLess(bool hidesOnlineToo, string? whileThere)
    {
        await using var client = await ClientOfAsync(Ana);
        await MeetAsync(client);
        await AvailableAsync(client);
        Bia.SetPrivacy("last", "none");
        Bia.SetPrivacy("online", hidesOnlineToo ? "match_last_seen" : "all");
        Bia.SetAvailable(true);

        await SubscribeAsync(client, Bia.Jid);
        var there = await client.Connection.ReceiveAsync("presence");
        Bia.SetAvailable(false);
        var gone = await client.Connection.ReceiveAsync("presence");

        Assert.Equal(whileThere, there["type"]);
        Assert.Equal(("unavailable", "deny"), (gone["type"], gone["last"]));
    }

    [Fact]
    public async Task Presence_WhileUnavailable_IsNotTold()
    {
        await using var client = await ClientOfAsync(Ana);
        await MeetAsync(client);
        await SubscribeAsync(client, Bia.Jid);
        Bia.SetAvailable(true);
        Bia.Type(Ana.PhoneNumber, ChatState.Composing);
        await client.Connection.RequestAsync("get", "w:p");

        await AvailableAsync(client);
        var presence = await client.Connection.ReceiveAsync("presence"); // what was subscribed is told now

        Assert.Null(presence["type"]);
    }

    [Fact]
    public async Task Presence_WithoutAName_IsNoted()
    {
        await using var client = await ClientOfAsync(Ana);

        await client.Connection.SendAsync(new Node("presence", [("type", "available")]));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task ChatState_OfAPhone_ReachesCompanionsAndBack()
    {
        await using var client = await ClientOfAsync(Ana);
        await AvailableAsync(client);

        Bia.Type(Ana.PhoneNumber, ChatState.Recording);
        var state = await client.Connection.ReceiveAsync("chatstate");
        await client.Connection.SendAsync(PresenceStanzas.Chat(Bia.Lid, ChatState.Composing, client.Device.Lid));
        var seen = await Bia.WaitForChatStateAsync(s => s.State == "composing", Ct);

        Assert.Equal("audio", state.RequiredChild("composing")["media"]);
        Assert.Equal((Bia.Lid, Ana.Lid), (state.RequiredJid("from"), Jid.Parse(seen.From)));
        Assert.Empty(Service.Trace.Violations);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("state")]
    [InlineData("to")]
    public async Task ChatState_WhenItMakesNoSense_IsNoted(string mistake)
    {
        await using var client = await ClientOfAsync(Ana);
        NodeAttribute to = mistake == "to" ? ("to", Bia.Lid.ToString()) : ("to", Bia.Lid);

        await client.Connection.SendAsync(new Node(
            "chatstate", [("from", mistake == "name" ? Bia.Lid : client.Device.Lid), to], new Node(mistake == "state" ? "dancing" : "paused")));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Presence_OfWhoHasBlockedUs_IsNotTold()
    {
        await using var client = await ClientOfAsync(Ana);
        await MeetAsync(client);
        await AvailableAsync(client);
        Bia.SetBlocked(Ana.PhoneNumber, isBlocked: true);

        await SubscribeAsync(client, Bia.Jid);
        await client.Connection.SendAsync(PresenceStanzas.Chat(Bia.Lid, ChatState.Composing));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Empty(Bia.ChatStates);
        Assert.DoesNotContain(Service.Trace.Entries, e => e is Trace.StanzaEntry { Node.Tag: "presence", Direction: Trace.TraceDirection.ToClient });
    }

    private static async Task AvailableAsync(RawClient client)
    {
        await client.Connection.SendAsync(PresenceStanzas.Own(true, "Ana"));
        await client.Connection.RequestAsync("get", "w:p"); // its answer proves that the presence has been heard
    }

    private static Task SubscribeAsync(RawClient client, Jid to, params Node[] token) =>
        client.Connection.SendAsync(new Node("presence", [("type", "subscribe"), ("to", to)], token));

    /// <summary>Two who have exchanged a message know each other.</summary>
    private async Task MeetAsync(RawClient client)
    {
        await Bia.SendTextAsync(Ana.PhoneNumber, "hi", Ct);
        var message = await client.Connection.ReceiveAsync("message");
        client.Decrypt(message);
        await client.SettleAsync(message);
    }
}
