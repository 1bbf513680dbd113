using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Proto;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

/// <summary>What the service demands of a client's messages to groups.</summary>
public sealed class GroupMessageRuleTests : GroupTest
{
    [Fact]
    public async Task Send_WhenTheGroupIsUnknownOrAnothersOrForAdmins_IsRefusedWithItsCode()
    {
        await using var client = await ReadyAsync();
        var others = Bia.CreateGroup("Others", [Caio.PhoneNumber]).Jid;
        var announcing = NewGroup().Jid;
        Bia.ChangeGroup(announcing.ToString(), new GroupSettings { IsAnnouncement = true });
        var unknown = new Jid("120363000000000000", JidServer.Group);

        Assert.Equal("403", (await client.SendAsync(TextTo(client, others)))["error"]);
        Assert.Equal("404", (await client.SendAsync(TextTo(client, unknown)))["error"]);
        Assert.Equal("401", (await client.SendAsync(TextTo(client, announcing)))["error"]);
        AssertNoViolations();
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "401")]
    public async Task Send_WhenItDeletesForAnother_IsTakenFromAdminsOnly(bool isAdmin, string? error)
    {
        await using var client = await ReadyAsync();
        var group = isAdmin ? Ana.CreateGroup("Ana's", [Bia.PhoneNumber, Caio.PhoneNumber]).Jid : NewGroup().Jid;
        var message = TextTo(client, group);

        var ack = await client.SendAsync(new Node("message", [.. message.Attributes, ("edit", "8")], [.. message.Children]));

        Assert.Equal(error, ack["error"]);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenTheGroupHasMigrated_IsRefusedAsStaleAndTakenUnderTheNewMode()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup(AddressingMode.PhoneNumber).Jid;
        Service.SetGroupAddressing(group.ToString(), AddressingMode.Lid);

        var byNumber = await client.SendAsync(client.GroupText(group, "old", All(AddressingMode.PhoneNumber), Phones(AddressingMode.PhoneNumber)));
        var withoutMode = await client.SendAsync(client.GroupText(group, "none", [("phash", "2:AAAAAAAA")], Phones(AddressingMode.Lid)));
        var byLid = await client.SendAsync(TextTo(client, group));

        Assert.Equal("421", byNumber["error"]);
        Assert.Equal("421", withoutMode["error"]);
        Assert.Null(byLid["error"]);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenTheHashIsStale_IsDeliveredToThoseNamedAndAnsweredWithTheServicesHash()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        Jid[] known = [Ana.Lid, client.Device.Lid, Bia.Lid];

        var ack = await client.SendAsync(client.GroupText(group, "to those I know", known, Ana.Lid, Bia.Lid));

        Assert.Null(ack["error"]);
        Assert.Equal(Protocol.Messages.ParticipantHash.Compute(All(AddressingMode.Lid)), ack["phash"]);
        Assert.Equal("to those I know", Assert.Single(Bia.Inbox).Text);
        Assert.Empty(Caio.Inbox);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenThereIsAFaultForIt_IsAnsweredWithAHashThatIsNobodys()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        Service.Faults.Add(new Faults.Fault(Faults.FaultKind.WrongHash));

        var ack = await client.SendAsync(TextTo(client, group));
        var next = await client.SendAsync(client.GroupText(group, "next", All(AddressingMode.Lid)));

        Assert.StartsWith("2:", ack["phash"], StringComparison.Ordinal);
        Assert.Null(next["phash"]);
        Assert.Equal(["hello all", "next"], Bia.Inbox.Select(m => m.Text));
    }

    [Fact]
    public async Task Send_WhenADeviceNeverGotTheSenderKey_IsRefused()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;

        var ack = await client.SendAsync(client.GroupText(group, "without Caio", All(AddressingMode.Lid), Ana.Lid, Bia.Lid));

        AssertRefused(ack, "never got it");
        Assert.Empty(Bia.Inbox);
    }

    [Fact]
    public async Task Send_WhenASenderKeyEncryptsTwice_IsRefused()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        await client.SendAsync(TextTo(client, group));
        var earlier = client.OwnSenderKeys[group];
        await client.SendAsync(client.GroupText(group, "one", All(AddressingMode.Lid)));
        client.OwnSenderKeys[group] = earlier;

        var ack = await client.SendAsync(client.GroupText(group, "two", All(AddressingMode.Lid)));

        AssertRefused(ack, "second time");
    }

    [Theory]
    [InlineData("no skmsg", "exactly one skmsg")]
    [InlineData("pairwise at the top", "exactly one skmsg")]
    [InlineData("not a ciphertext", "under a sender key")]
    [InlineData("no identity", "device-identity")]
    [InlineData("stranger", "neither to the recipient")]
    [InlineData("mixed addressing", "mixes")]
    [InlineData("token", "privacy token")]
    public async Task Send_WhenTheStanzaIsWrong_IsRefused(string mistake, string sentence)
    {
        await using var client = await ReadyAsync();
        var good = TextTo(client, NewGroup().Jid);
        var participants = good.RequiredChild("participants").Children;
        var (identity, enc) = (good.RequiredChild("device-identity"), good.RequiredChild("enc"));
        Node Given(params Node[] more) => Node.Of("participants", [.. participants, .. more]);
        Node To(Jid jid) => new("to", [("jid", jid)], [participants[0].Children[0]]);
        Node[] children = mistake switch
        {
            "no skmsg" => [Given(), identity],
            "pairwise at the top" => [Given(), identity, participants[0].Children[0]],
            "not a ciphertext" => [Given(), identity, new Node("enc", enc.Attributes, new byte[100])],
            "no identity" => [Given(), enc],
            "stranger" => [Given(To(Service.AddPhone("5511900000009").Lid)), identity, enc],
            "mixed addressing" => [Given(To(Caio.Jid)), identity, enc],
            _ => [Given(), identity, enc, Node.Of("tctoken", [1, 2, 3])],
        };

        var ack = await client.SendAsync(new Node("message", good.Attributes, children));

        AssertRefused(ack, sentence);
        Assert.Empty(Bia.Inbox);
    }

    [Fact]
    public async Task Send_WhenAMemberHasLeftUnnoticed_IsRefusedWithoutBlame()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        var (all, phones) = (All(AddressingMode.Lid), Phones(AddressingMode.Lid));
        Caio.LeaveGroup(group.ToString());

        var ack = await client.SendAsync(client.GroupText(group, "with Caio", all, phones));

        Assert.Equal("479", ack["error"]);
        AssertNoViolations();
    }

    [Fact]
    public async Task Send_WhenRepeatedWithTheSameBytes_IsAnsweredByTheSameAckAndDeliveredOnce()
    {
        await using var client = await ReadyAsync();
        var message = TextTo(client, NewGroup().Jid);

        var first = await client.SendAsync(message);
        var second = await client.SendAsync(message);

        Assert.Null(second["error"]);
        Assert.Equal(first["t"], second["t"]);
        Assert.Single(Bia.Inbox);
        AssertNoViolations();
    }

    [Fact]
    public async Task Retry_WhenNobodyAskedForIt_IsRefused()
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        var enc = client.Encrypt(Bia.Lid, new Message { Conversation = "again" });

        var ack = await client.SendAsync(new Node("message",
            [("id", client.NewId()), ("to", group), ("participant", Bia.Lid), ("type", "text")],
            [new Node("enc", [.. enc.Attributes, ("count", "1")], enc.Bytes.ToArray()), Node.Of("device-identity", client.Device.Account)]));

        AssertRefused(ack, "answers no retry receipt");
    }

    [Theory]
    [InlineData("no participant", "missing or not a JID")]
    [InlineData("another participant", "not addressed to the device")]
    public async Task Receipt_WhenItDoesNotNameTheSender_IsNoted(string mistake, string sentence)
    {
        await using var client = await ReadyAsync();
        var group = NewGroup().Jid;
        await Bia.SendTextAsync(group.ToString(), "hello", Ct);
        var message = await client.ReceiveGroupMessageAsync();

        await client.Connection.SendAsync(new Node("receipt",
            [("id", message["id"]), ("to", group), ("participant", mistake == "no participant" ? null : Caio.Lid)]));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Contains(Service.Trace.Violations, v => v.Text!.Contains(sentence, StringComparison.Ordinal));
    }

    private IReadOnlyList<Jid> All(AddressingMode mode) => Devices(mode, Ana, Bia, Caio);

    private IReadOnlyList<Jid> Phones(AddressingMode mode) => [.. All(mode).Where(d => d.Device == 0)];

    private Node TextTo(RawClient client, Jid group) => client.GroupText(group, "hello all", All(AddressingMode.Lid), Phones(AddressingMode.Lid));

    /// <summary>A client of Ana's that has sessions with all phones.</summary>
    private async Task<RawClient> ReadyAsync()
    {
        var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Ana.Lid, Bia.Lid, Caio.Lid);
        client.UseSessionsOf(Ana, Bia, Caio);
        return client;
    }

    private void AssertRefused(Node ack, string sentence)
    {
        Assert.Equal("479", ack["error"]);
        Assert.Contains(sentence, Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }
}
