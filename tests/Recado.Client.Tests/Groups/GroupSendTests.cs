using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Client.Tests.Sessions;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

public sealed class GroupSendTests : GroupTests
{
    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_ToAGroup_ReachesEveryMemberAndOurOwnPhone(AddressingMode addressing)
    {
        var group = NewGroup(addressing);

        var id = await SendAsync(group, "olá a todos");

        foreach (var phone in new[] { _ana, _bruno, _carla })
        {
            var message = await phone.WaitForMessageAsync(message => message.Id == id, Ct);
            Assert.Equal(("olá a todos", group.ToString()), (message.Text, message.Chat));
        }

        var queued = Assert.Single(_session.Events.OfType<MessageQueued>());
        Assert.Equal((group, _ana.Lid, true), (queued.Envelope.Chat, queued.Envelope.Sender, queued.Envelope.IsGroup));
        Assert.Empty(_service.Trace.Violations);
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_WhenEverybodyHasTheKey_EncryptsOnceForAll(AddressingMode addressing)
    {
        var group = NewGroup(addressing);
        var first = await SendAsync(group, "one");

        var later = new[] { await SendAsync(group, "two"), await SendAsync(group, "three") };

        Assert.Equal(3, Served(first).Count);
        Assert.All(later, id => Assert.Null(Assert.Single(SentStanzas(id)).Child("participants")));
        Assert.Equal("three", (await _carla.WaitForMessageAsync(message => message.Id == later[1], Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_AfterARestart_GivesTheKeyToNobodyAgain()
    {
        var group = NewGroup();
        await SendAsync(group, "before");
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);

        var id = await SendAsync(group, "after");

        Assert.Empty(Served(id));
        Assert.Equal("after", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenAMemberHasLinkedADevice_GivesTheKeyToThatDeviceAlone()
    {
        var group = NewGroup();
        await SendAsync(group, "before");
        await using var companion = await TestSession.PairAsync(_service, _bruno, Ct);

        var id = await SendAsync(group, "after");

        var received = await companion.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("after"), received.Content);
        Assert.Equal([companion.Client.LidJid!.Value], Served(id));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenSomebodyHasCome_GivesTheKeyToThem()
    {
        var dora = _service.AddPhone("5511900000004", "Dora");
        var group = await JoinedGroupAsync();
        await SendAsync(group, "before");
        var key = await OwnKeyIdAsync(group);

        _bruno.ChangeMembers(group.ToString(), ParticipantAction.Add, dora.PhoneNumber);
        await ChangedAsync<ParticipantsChanged>(group);
        var id = await SendAsync(group, "after");

        Assert.Equal("after", (await dora.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.Equal([dora.Lid], Served(id));
        Assert.Equal(key, await OwnKeyIdAsync(group));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenSomebodyHasGone_GoesOutUnderANewKey()
    {
        var group = await JoinedGroupAsync();
        await SendAsync(group, "before");
        var key = await OwnKeyIdAsync(group);

        _bruno.ChangeMembers(group.ToString(), ParticipantAction.Remove, Carla);
        await ChangedAsync<ParticipantsChanged>(group);
        var id = await SendAsync(group, "after");

        Assert.Equal("after", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.NotEqual(key, await OwnKeyIdAsync(group));
        Assert.DoesNotContain(_carla.Inbox, message => message.Id == id);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenAMemberHasUnlinkedADevice_GoesOutUnderANewKey()
    {
        await using var companion = await TestSession.PairAsync(_service, _bruno, Ct);
        var group = NewGroup();
        await SendAsync(group, "before");
        var key = await OwnKeyIdAsync(group);

        await _bruno.UnlinkAsync(companion.Client.LidJid!.Value.Device, Ct);
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: { Tag: "ack" } ack } && ack["type"] == "devices", Ct);
        var id = await SendAsync(group, "after");

        Assert.Equal("after", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.NotEqual(key, await OwnKeyIdAsync(group));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenADeviceHasNoKeys_ReachesTheOthersAndLearnsThatItIsNone()
    {
        var group = NewGroup();
        await SendAsync(group, "before");
        await TellOfDeviceAsync(_bruno, 9); // which the service does not have

        var id = await SendAsync(group, "during");
        var next = await SendAsync(group, "after");

        Assert.Equal("during", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.NotNull(SentStanzas(id)[0]["phash"]);
        Assert.NotEqual(SentStanzas(id)[0]["phash"], SentStanzas(next)[0]["phash"]);
        Assert.Equal("after", (await _carla.WaitForMessageAsync(message => message.Id == next, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenAMemberHasNewKeys_GivesThemTheSenderKeyAgain()
    {
        var group = NewGroup();
        await SendAsync(group, "before");

        await _service.SendStanzaAsync(
            new Node("notification", [("id", "N1"), ("type", "encrypt"), ("from", _bruno.Jid), ("t", 1_767_225_600)], new Node("identity")), Ana);
        await _session.WaitAsync<IdentityChanged>(Ct);
        var id = await SendAsync(group, "after");

        Assert.Equal([_bruno.Lid], Served(id));
        Assert.Equal("after", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenMessagesOfTheGroupDisappear_SaysAfterHowLong()
    {
        var group = await JoinedGroupAsync();
        _bruno.ChangeGroup(group.ToString(), new GroupSettings { Expiration = TimeSpan.FromDays(1) });
        await ChangedAsync<ExpirationChanged>(group);

        var id = await SendAsync(group, "olá");

        Assert.Equal("86400", SentStanzas(id)[0]["expiration"]);
        Assert.Contains("86400", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OfAPoll_CanBeVotedOn()
    {
        var group = NewGroup();

        var result = await _session.Client.SendAsync(new OutgoingMessage(group, new PollContent("When?", ["Monday", "Friday"])), Ct);
        var id = Assert.IsType<SendResult.Sent>(result).MessageId;
        await _bruno.WaitForMessageAsync(message => message.Id == id, Ct);
        await _bruno.VoteAsync(id, ["Friday"], Ct);

        var vote = await _session.WaitAsync<MessageReceived>(Ct, message => message.Content is PollVoteContent);
        Assert.Equal(["Friday"], ((PollVoteContent)vote.Content).Options);
        Assert.Equal((group, _bruno.Lid), (vote.Envelope.Chat, vote.Envelope.Sender));
    }

    [Fact]
    public async Task Send_OfAReactionToAMember_NamesTheAuthor()
    {
        var group = await JoinedGroupAsync();
        var id = await _bruno.SendTextAsync(group.ToString(), "olá", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);

        var result = await _session.Client.SendAsync(
            new OutgoingMessage(group, new ReactionContent(new MessageTarget(id, null, IsFromActor: false, _bruno.Jid), "👍")), Ct);

        var sent = Assert.IsType<SendResult.Sent>(result).MessageId;
        var reaction = await _carla.WaitForMessageAsync(message => message.Id == sent, Ct);
        Assert.Contains($"\"participant\": \"{_bruno.Lid}\"", reaction.Message, StringComparison.Ordinal);
        Assert.Contains($"\"remoteJid\": \"{group}\"", reaction.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Send_WhenTheAccountIsNotInTheGroup_SaysSo()
    {
        _carla = _service.AddPhone(Carla, "Carla");
        var others = _bruno.CreateGroup("Others", [Carla]).Jid;

        Assert.IsType<SendResult.NotAMember>(await _session.SendTextAsync(others, "hello?", Ct));
        Assert.IsType<SendResult.NotAMember>(await _session.SendTextAsync(Jid.Parse("120363000000000000@g.us"), "hello?", Ct));
        Assert.Empty(_session.Events.OfType<MessageQueued>());
    }

    [Fact]
    public async Task Send_WhenTheAccountWasRemoved_SaysSoAndForgetsTheKeys()
    {
        var group = await JoinedGroupAsync();
        await SendAsync(group, "before");

        _bruno.ChangeMembers(group.ToString(), ParticipantAction.Remove, Ana);
        await ChangedAsync<ParticipantsChanged>(group);

        Assert.IsType<SendResult.NotAMember>(await _session.SendTextAsync(group, "after", Ct));
        Assert.Empty(await _session.Store.ListAsync(DeviceRecordKind.SenderKey, $"{group}/", Ct));
    }

    [Theory]
    [InlineData(421)]
    [InlineData(479)]
    public async Task Send_WhenWhatWasKnownIsRefusedAsOld_IsEncryptedAnewUnderTheSameId(int code)
    {
        var group = NewGroup();
        await SendAsync(group, "before");
        _service.Faults.Add(new Fault(FaultKind.Nack, Phone: Ana, Code: code));

        var id = await SendAsync(group, "after");

        Assert.Equal(2, SentStanzas(id).Count);
        Assert.Equal("after", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        Assert.Single(_session.Events.OfType<MessageQueued>(), queued => queued.Envelope.Id == id);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenRefusedTwice_Fails()
    {
        var group = NewGroup();
        _service.Faults.Add(new Fault(FaultKind.Nack, Count: 2, Phone: Ana, Code: 421));

        var result = await _session.SendTextAsync(group, "no", Ct);

        Assert.Equal(421, Assert.IsType<SendResult.Refused>(result).Code);
        await _session.WaitAsync<MessageStatusChanged>(Ct, change => change is { Status: MessageStatus.Failed, ErrorCode: 421 });
    }

    [Fact]
    public async Task Send_WhenTheServiceForbidsIt_FailsAndAsksForTheGroupAnew()
    {
        var group = NewGroup();
        await SendAsync(group, "before");
        _service.Faults.Add(new Fault(FaultKind.Nack, Phone: Ana, Code: 403));

        var result = await _session.SendTextAsync(group, "no", Ct);

        Assert.Equal(403, Assert.IsType<SendResult.Refused>(result).Code);
        await _session.WaitAsync<MessageStatusChanged>(Ct, change => change is { Status: MessageStatus.Failed, ErrorCode: 403 });
        Assert.Null(await _session.Store.ReadAsync(Keys.Group(group), Ct));
        Assert.Equal("after", (await _bruno.WaitForMessageAsync(IsFrom(await SendAsync(group, "after")), Ct)).Text);
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_WhenItMentionsAndQuotes_NamesPeopleAsTheGroupDoes(AddressingMode addressing)
    {
        var group = await JoinedGroupAsync(addressing);
        var asked = await _bruno.SendTextAsync(group.ToString(), "who?", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == asked);
        var (mentioned, author) = addressing == AddressingMode.Lid ? (_carla.Jid, _bruno.Jid) : (_carla.Lid, _bruno.Lid);
        var context = new MessageContext { Mentions = [mentioned], Quote = new(asked, author, new TextContent("who?")) };

        var result = await _session.Client.SendAsync(
            new OutgoingMessage(group, new TextContent($"@{mentioned.User}") { Context = context }), Ct);

        var id = Assert.IsType<SendResult.Sent>(result).MessageId;
        var message = await _carla.WaitForMessageAsync(message => message.Id == id, Ct);
        var (carla, bruno) = addressing == AddressingMode.Lid ? (_carla.Lid, _bruno.Lid) : (_carla.Jid, _bruno.Jid);
        Assert.Equal($"@{carla.User}", message.Text);
        Assert.Contains($"\"{carla}\"", message.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{bruno}\"", message.Message, StringComparison.Ordinal);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenAMemberReadsIt_TellsWhoHasGotAndReadIt()
    {
        var group = NewGroup();
        var id = await SendAsync(group, "olá");

        await _bruno.ReadAsync([id], Ct);

        var read = await _session.WaitAsync<MessageStatusChanged>(Ct, change => change.Status == MessageStatus.Read);
        var delivered = await _session.WaitAsync<MessageStatusChanged>(
            Ct, change => change.Status == MessageStatus.Delivered && change.Participant == _carla.Lid);
        Assert.Equal((group, _bruno.Lid), (read.Chat, read.Participant));
        Assert.Equal([id], delivered.MessageIds);
    }

    [Fact]
    public async Task Send_WhenSeveralMembersAreToldOfAtOnce_TellsEachWithTheirTime()
    {
        var group = NewGroup();
        var id = await SendAsync(group, "olá");
        var grouped = new Node(
            "receipt",
            [("id", "R1"), ("from", group), ("type", "read"), ("t", 1_767_225_700)],
            new Node(
                "participants",
                [("key", id)],
                new Node("user", [("jid", _bruno.Lid), ("t", 1_767_225_600)]),
                new Node("user", [("jid", _carla.Lid), ("t", 1_767_225_601)])));

        await _service.SendStanzaAsync(grouped, Ana);

        var bruno = await ReadByAsync(_bruno);
        var carla = await ReadByAsync(_carla);
        Assert.Equal((id, 1_767_225_600), (bruno.MessageIds[0], bruno.Timestamp.ToUnixTimeSeconds()));
        Assert.Equal((id, 1_767_225_601), (carla.MessageIds[0], carla.Timestamp.ToUnixTimeSeconds()));
    }

    /// <summary>Tells the session that the account has one more device.</summary>
    private async Task TellOfDeviceAsync(SimulatedPhone phone, ushort number)
    {
        var (byPhone, byLid) = (phone.Jid.WithDevice(number), phone.Lid.WithDevice(number));
        var added = new Node(
            "add",
            [("device_hash", ParticipantHash.Compute([phone.Jid, byPhone])), ("device_lid_hash", ParticipantHash.Compute([phone.Lid, byLid]))],
            new Node("device", [("jid", byPhone), ("lid", byLid), ("key-index", "1")]));
        await _service.SendStanzaAsync(
            new Node("notification", [("id", "N9"), ("type", "devices"), ("from", phone.Jid), ("lid", phone.Lid), ("t", 1_767_225_600)], added), Ana);
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: { Tag: "ack" } ack } && ack["id"] == "N9", Ct);
    }

    private Task<MessageStatusChanged> ReadByAsync(SimulatedPhone phone) => _session.WaitAsync<MessageStatusChanged>(
        Ct, change => change.Status == MessageStatus.Read && change.Participant == phone.Lid);

    private static Func<Recado.Simulator.Phones.InboxMessage, bool> IsFrom(string id) => message => message.Id == id;
}
