using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Phones;
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
        Assert.Equal(NameOf(Bia, addressing), first.RequiredJid("participant"));
        Assert.Equal(addressing == AddressingMode.Lid ? Bia.Jid : null, first.JidOf("participant_pn"));
        Assert.Equal(addressing == AddressingMode.Lid ? null : Bia.Lid, first.JidOf("participant_lid"));
        Assert.Equal(addressing == AddressingMode.Lid ? "lid" : "pn", first["addressing_mode"]);
        Assert.Equal(["first", "second"], Caio.Inbox.Select(m => m.Text));
        Assert.All(Caio.Inbox, m => Assert.Equal(group.Jid.ToString(), m.Chat));
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.From == NameOf(Caio, addressing).ToString(), Ct);
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.From == NameOf(Ana, addressing).WithDevice(1).ToString(), Ct);
        AssertNoViolations();
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_WhenFromACompanion_ReachesEveryPhoneAndReceiptsComeBackByMember(AddressingMode addressing)
    {
        await using var client = await ReadyAsync();
        var group = NewGroup(addressing);
        var all = Devices(addressing, Ana, Bia, Caio);

        var ack = await client.SendAsync(client.GroupText(group.Jid, "hello all", all, PhonesIn(all)));
        var again = await client.SendAsync(client.GroupText(group.Jid, "again", all));
        var delivered = await client.Connection.ReceiveAsync(
            n => n.Tag == "receipt" && n["type"] is null && n.JidOf("participant") == NameOf(Caio, addressing));
        await Caio.ReadAsync(ct: Ct);
        var read = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "read");

        Assert.Null(ack["error"]);
        Assert.Null(ack["phash"]);
        Assert.Null(again["error"]);
        Assert.Equal(group.Jid, delivered.RequiredJid("from"));
        Assert.Equal(group.Jid, read.RequiredJid("from"));
        Assert.Equal(NameOf(Caio, addressing), read.RequiredJid("participant"));
        Assert.Single(read.RequiredChild("list").Children);
        Assert.Equal(["hello all", "again"], Bia.Inbox.Select(m => m.Text));
        Assert.True(Ana.Inbox[0].FromMe);
        await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "sender" && n.JidOf("participant") == NameOf(Ana, addressing));
        AssertNoViolations();
    }

    [Fact]
    public async Task Read_WhenOnAPhone_ShowsOnItsCompanions()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        var id = await Bia.SendTextAsync(group.ToString(), "read me", Ct);

        await Ana.ReadAsync(ct: Ct);
        var mirrored = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "read");

        Assert.Equal((id, group), (mirrored["id"], mirrored.RequiredJid("from")));
        Assert.Equal((Ana.Lid, Bia.Lid), (mirrored.RequiredJid("participant"), mirrored.RequiredJid("recipient")));
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.Type == "read" && r.From == Ana.Lid.ToString(), Ct);
        AssertNoViolations();
    }

    [Fact]
    public async Task Receipts_WhenTheCompanionWasAway_ComeTogether()
    {
        var device = new RawDevice();
        await RawClient.PairAsync(Service, Ana, device, Ct);

        var id = await Ana.SendTextAsync(NewGroup().Jid.ToString(), "while it is away", Ct);
        await Bia.ReadAsync(ct: Ct);
        await Caio.ReadAsync(ct: Ct);
        await using var client = await RawClient.LogInAsync(Service, device, Ct);
        var delivered = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["id"] == id && n["type"] is null);
        var read = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["id"] == id && n["type"] == "read");

        Assert.Null(read["participant"]);
        Assert.Equal(id, read.RequiredChild("participants")["key"]);
        Assert.Equal([Bia.Lid, Caio.Lid], read.RequiredChild("participants").Children.Select(u => u.RequiredJid("jid")));
        Assert.Equal([Bia.Lid, Caio.Lid], delivered.RequiredChild("participants").Children.Select(u => u.RequiredJid("jid")));
        foreach (var receipt in new[] { delivered, read })
        {
            await client.Connection.SendAsync(new Node("ack",
                [("class", "receipt"), ("id", id), ("to", receipt.RequiredJid("from")), ("type", receipt["type"])]));
        }

        await client.Connection.RequestAsync("get", "w:p");
        AssertNoViolations();
    }

    [Fact]
    public async Task Retry_WhenAClientHasLostTheSenderKey_BringsTheMessageWithTheKey()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        await Bia.SendTextAsync(group.ToString(), "with the key", Ct);
        var first = await client.ReceiveGroupMessageAsync();
        client.DecryptShared(first);
        await client.SettleAsync(first);
        client.SenderKeys.Clear();

        await Bia.SendTextAsync(group.ToString(), "again", Ct);
        var broken = await client.ReceiveGroupMessageAsync();
        Assert.Throws<Protocol.Signal.SignalException>(() => client.DecryptShared(broken));
        await client.AskForRetryAsync(broken);
        var answer = await client.ReceiveGroupMessageAsync();
        var content = client.DecryptShared(answer);
        await client.SettleAsync(answer);
        await Bia.SendTextAsync(group.ToString(), "and on", Ct);

        Assert.Equal(broken["id"], answer["id"]);
        Assert.Equal("1", Assert.Single(answer.ChildrenOf("enc"))["count"]);
        Assert.Equal("again", content.Conversation);
        Assert.Equal("and on", client.DecryptShared(await client.ReceiveGroupMessageAsync()).Conversation);
        AssertNoViolations();
    }

    [Fact]
    public async Task Retry_WhenAPhoneHasLostTheSenderKey_IsAnsweredByTheClientForItAlone()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        var all = Devices(AddressingMode.Lid, Ana, Bia, Caio);
        await client.SendAsync(client.GroupText(group, "first", all, PhonesIn(all)));
        Bia.ForgetSenderKeys(group.ToString());

        var message = client.GroupText(group, "second", all);
        await client.SendAsync(message);
        var request = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "retry");
        var ack = await client.SendAsync(client.RetryAnswer(message, request, "second"));
        await client.SendAsync(client.GroupText(group, "third", all));

        Assert.Equal((group, Bia.Lid), (request.RequiredJid("from"), request.RequiredJid("participant")));
        Assert.NotNull(request.Child("keys"));
        Assert.Null(ack["error"]);
        Assert.Equal(["first", "second", "third"], Bia.Inbox.Select(m => m.Text));
        Assert.Equal(["first", "second", "third"], Caio.Inbox.Select(m => m.Text));
        AssertNoViolations();
    }

    [Fact]
    public async Task SendText_WhenAMemberHasLeft_IsUnderANewSenderKey()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        await Bia.SendTextAsync(group.ToString(), "with Caio", Ct);
        var before = await client.ReceiveGroupMessageAsync();
        Caio.LeaveGroup(group.ToString());

        await Bia.SendTextAsync(group.ToString(), "without", Ct);
        var after = await client.ReceiveGroupMessageAsync();

        client.DecryptShared(before);
        Assert.Equal("without", client.DecryptShared(after).Conversation);
        Assert.NotEqual(KeyIdIn(before), KeyIdIn(after));
        Assert.Equal(["with Caio"], Caio.Inbox.Select(m => m.Text));
        AssertNoViolations();
    }

    [Fact]
    public async Task SendText_WhenADeviceWasLinkedMeanwhile_GivesItTheKey()
    {
        var group = NewGroup().Jid;
        await Bia.SendTextAsync(group.ToString(), "before", Ct);
        await using var client = await ClientOfAsync(Ana);

        await Bia.SendTextAsync(group.ToString(), "after", Ct);

        Assert.Equal("after", client.DecryptShared(await client.ReceiveGroupMessageAsync()).Conversation);
        AssertNoViolations();
    }

    [Fact]
    public async Task SendText_WhenThePhoneForgotItsDistribution_GivesTheSameKeyAgain()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        await Bia.SendTextAsync(group.ToString(), "one", Ct);
        var first = await client.ReceiveGroupMessageAsync();
        client.DecryptShared(first);
        Bia.ForgetDistribution(group.ToString());

        await Bia.SendTextAsync(group.ToString(), "two", Ct);
        var second = await client.ReceiveGroupMessageAsync();
        Bia.RotateSenderKey(group.ToString());
        await Bia.SendTextAsync(group.ToString(), "three", Ct);
        var third = await client.ReceiveGroupMessageAsync();

        Assert.Equal(2, second.ChildrenOf("enc").Count());
        Assert.Equal(KeyIdIn(first), KeyIdIn(second));
        Assert.NotEqual(KeyIdIn(first), KeyIdIn(third));
        Assert.Equal("two", client.DecryptShared(second).Conversation);
        Assert.Equal("three", client.DecryptShared(third).Conversation);
        AssertNoViolations();
    }

    [Fact]
    public async Task SendText_WhenThePhoneMayNotWrite_FailsWithASentence()
    {
        var group = NewGroup().Jid.ToString();
        Bia.ChangeGroup(group, new GroupSettings { IsAnnouncement = true });

        var refused = await Assert.ThrowsAsync<SimulatorException>(() => Ana.SendTextAsync(group, "no", Ct));
        Bia.ChangeMembers(group, ParticipantAction.Promote, Ana.PhoneNumber);
        await Ana.SendTextAsync(group, "yes", Ct);

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["yes"], Caio.Inbox.Select(m => m.Text));
        AssertNoViolations();
    }

    [Fact]
    public async Task Vote_WhenThePollIsInAGroup_ReachesItsAuthorReadable()
    {
        var group = NewGroup().Jid.ToString();
        const string Poll = """
            {
              "messageContextInfo": { "messageSecret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
              "pollCreationMessage": { "name": "When?", "options": [{ "optionName": "Now" }, { "optionName": "Later" }], "selectableOptionsCount": 1 }
            }
            """;
        var poll = await Bia.SendMessageAsync(group, Poll, Ct);

        await Ana.VoteAsync(poll, ["Later"], Ct);

        var vote = await Bia.WaitForMessageAsync(m => m.Kind == "poll_vote", Ct);
        Assert.Equal((group, "Later", Ana.Lid.ToString()), (vote.Chat, vote.Text, vote.Sender));
        AssertNoViolations();
    }

    [Fact]
    public async Task SendMedia_WhenToAGroup_CanBeOpenedByEveryMember()
    {
        var group = NewGroup().Jid.ToString();
        using var file = new MemoryStream([1, 2, 3, 4]);

        var id = await Bia.SendMediaAsync(group, new PhoneMedia("document", FileName: "four.bin"), file, Ct);

        using var opened = new MemoryStream();
        await Caio.ReadMediaAsync(id, opened, Ct);
        Assert.Equal([1, 2, 3, 4], opened.ToArray());
        AssertNoViolations();
    }

    [Fact]
    public async Task SwitchOff_WhenAMessageComes_IsDecryptedOnceThePhoneIsOnAgain()
    {
        var group = NewGroup().Jid.ToString();
        Caio.SwitchOff();

        var id = await Bia.SendTextAsync(group, "are you there?", Ct);
        var (received, receipts) = (Caio.Inbox.Count, Bia.Receipts.Count(r => r.MessageId == id));
        Caio.SwitchOn();

        Assert.Equal((0, 1), (received, receipts));
        Assert.Equal("are you there?", Assert.Single(Caio.Inbox).Text);
        Assert.Equal(2, Bia.Receipts.Count(r => r.MessageId == id));
        AssertNoViolations();
    }

    private static Jid NameOf(SimulatedPhone phone, AddressingMode mode) => mode == AddressingMode.Lid ? phone.Lid : phone.Jid;

    private static IReadOnlyList<Jid> PhonesIn(IReadOnlyList<Jid> devices) => [.. devices.Where(d => d.Device == 0)];

    private static uint KeyIdIn(Node message) =>
        SenderKeyWireMessage.Parser.ParseFrom(message.ChildrenOf("enc").Single(e => e["type"] == "skmsg").Bytes.Span[1..^64]).Id;

    private async Task<RawClient> ReadyAsync()
    {
        var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Ana.Lid, Bia.Lid, Caio.Lid);
        client.UseSessionsOf(Ana, Bia, Caio);
        return client;
    }
}
