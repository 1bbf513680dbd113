using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

public sealed class StatusTests : GroupTest
{
    [Fact]
    public async Task PostStatus_WhenFromAPhone_ReachesContactsWithTheirCompanionsAndNobodyElse()
    {
        await using var client = await ClientOfAsync(Ana);
        await Bia.SendTextAsync(Ana.PhoneNumber, "now we know each other", Ct);

        var id = await Bia.PostStatusAsync("to whom it concerns", Ct);
        var status = await client.ReceiveGroupMessageAsync();
        var content = client.DecryptShared(status);
        await client.SettleAsync(status);

        Assert.Equal("to whom it concerns", content.ExtendedTextMessage.Text);
        Assert.Equal(Jid.StatusBroadcast, status.RequiredJid("from"));
        Assert.Equal((Bia.Lid, Bia.Jid), (status.RequiredJid("participant"), status.RequiredJid("participant_pn")));
        Assert.Null(status["addressing_mode"]);
        Assert.Equal("status@broadcast", Ana.Inbox[^1].Chat);
        Assert.Empty(Caio.Inbox);
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.From == client.Device.Lid.ToString(), Ct);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenAClientPostsAStatus_ReachesWhoeverGotItsKey()
    {
        await using var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Ana.Lid, Bia.Lid);

        var first = await client.SendAsync(client.GroupText(Jid.StatusBroadcast, "one", attributes: [], given: [Ana.Lid, Bia.Lid]));
        var second = await client.SendAsync(client.GroupText(Jid.StatusBroadcast, "two", attributes: [], given: []));
        await Bia.ReadAsync(ct: Ct);
        var read = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "read");

        Assert.Null(first["error"]);
        Assert.Null(second["error"]);
        Assert.Equal(["one", "two"], Bia.Inbox.Select(m => m.Text));
        Assert.Equal((Jid.StatusBroadcast, Bia.Lid), (read.RequiredJid("from"), read.RequiredJid("participant")));
        Assert.Empty(Caio.Inbox);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenAStatusNamesAnAddressingMode_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Bia.Lid);

        var ack = await client.SendAsync(client.GroupText(Jid.StatusBroadcast, "one", [("addressing_mode", "lid")], [Bia.Lid]));

        Assert.Equal("479", ack["error"]);
        Assert.Contains("addressing mode", Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_WhenTheKeyOfAStatusIsLost_BringsItAgain()
    {
        await using var client = await ClientOfAsync(Ana);
        await Bia.SendTextAsync(Ana.PhoneNumber, "hello", Ct);
        client.Decrypt(await client.Connection.ReceiveAsync("message"));
        await Bia.PostStatusAsync("one", Ct);
        client.DecryptShared(await client.ReceiveGroupMessageAsync());
        client.SenderKeys.Clear();

        await Bia.PostStatusAsync("two", Ct);
        await client.AskForRetryAsync(await client.ReceiveGroupMessageAsync());

        Assert.Equal("two", client.DecryptShared(await client.ReceiveGroupMessageAsync()).ExtendedTextMessage.Text);
        AssertNoViolations();
    }
}
