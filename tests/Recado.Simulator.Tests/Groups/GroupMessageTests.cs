using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

public sealed class GroupMessageTests : GroupTest
{
    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task SendText_WhenFromAPhone_ReachesEveryMemberWithTheSenderKeyOnlyOnce(AddressingMode addressing)
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup(addressing);

        var id = await Bia.SendTextAsync(group.Jid.ToString(), "first", Ct);
        var first = await client.ReceiveGroupMessageAsync();
        var content = client.DecryptShared(first);
        await client.SettleAsync(first);
        await Bia.SendTextAsync(group.Jid.ToString(), "second", Ct);
        var second = await client.ReceiveGroupMessageAsync();

        Assert.Equal("first", content.Conversation);
        Assert.Equal("second", client.DecryptShared(second).Conversation);
        Assert.Equal(["pkmsg", "skmsg"], first.ChildrenOf("enc").Select(e => e["type"]));
        Assert.Equal(["skmsg"], second.ChildrenOf("enc").Select(e => e["type"]));
        Assert.Equal(group.Jid, first.RequiredJid("from"));
        Assert.Equal(addressing == AddressingMode.Lid ? Bia.Lid : Bia.Jid, first.RequiredJid("participant"));
        Assert.Equal(addressing == AddressingMode.Lid ? Bia.Jid : Bia.Lid, first.RequiredJid(addressing == AddressingMode.Lid ? "participant_pn" : "participant_lid"));
        Assert.Equal(addressing == AddressingMode.Lid ? "lid" : "pn", first["addressing_mode"]);
        Assert.Equal(["first", "second"], Caio.Inbox.Select(m => m.Text));
        Assert.All(Caio.Inbox, m => Assert.Equal(group.Jid.ToString(), m.Chat));
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.From == first.RequiredJid("participant").ToString().Replace(Bia.Lid.User, Caio.Lid.User, StringComparison.Ordinal).Replace(Bia.Jid.User, Caio.Jid.User, StringComparison.Ordinal), Ct);
        AssertNoViolations();
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_WhenFromACompanion_ReachesEveryPhoneAndReceiptsComeBackByMember(AddressingMode addressing)
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup(addressing);
        var all = Devices(client, addressing, Ana, Bia, Caio);
        Jid[] others = [.. all.Where(d => d.Device == 0)];
        await client.FetchBundlesAsync(Bia.Lid, Caio.Lid, Ana.Lid);
        client.UseSessionsOf(Ana, Bia, Caio);

        var ack = await client.SendAsync(client.GroupText(group.Jid, "hello all", all, others));
        var again = await client.SendAsync(client.GroupText(group.Jid, "again", all));
        var delivered = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] is null && n.JidOf("participant")?.User is { } u && (u == Caio.Lid.User || u == Caio.Jid.User));
        await Caio.ReadAsync(ct: Ct);
        var read = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "read");

        Assert.Null(ack["error"]);
        Assert.Null(ack["phash"]);
        Assert.Null(again["error"]);
        Assert.Equal(group.Jid, delivered.RequiredJid("from"));
        Assert.Equal(addressing == AddressingMode.Lid ? Caio.Lid : Caio.Jid, read.RequiredJid("participant"));
        Assert.Equal(["hello all", "again"], Bia.Inbox.Select(m => m.Text));
        Assert.True(Ana.Inbox[0].FromMe);
        AssertNoViolations();
    }
}
