using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Client.Tests.Sessions;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

public sealed class GroupReceiveTests : GroupTests
{
    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Receive_WhenAMemberWrites_PublishesTheTextWithBothNames(AddressingMode addressing)
    {
        var group = NewGroup(addressing);

        await _bruno.SendTextAsync(group.ToString(), "one", Ct);
        var id = await _bruno.SendTextAsync(group.ToString(), "two", Ct); // under the key that came with the first

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("two"), received.Content);
        Assert.Equal((group, _bruno.Lid, true), (received.Envelope.Chat, received.Envelope.Sender, received.Envelope.IsGroup));
        Assert.Equal((_bruno.Jid, _bruno.Lid), (received.Envelope.PhoneNumber, received.Envelope.Lid));
        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.From.Contains(':', StringComparison.Ordinal), Ct);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenTheKeyIsNotKnown_AsksForTheMessageWithKeysAtOnce()
    {
        var group = NewGroup();
        var first = await _bruno.SendTextAsync(group.ToString(), "one", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == first);
        await LoseSenderKeysAsync(group);

        var id = await _bruno.SendTextAsync(group.ToString(), "two", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("two"), received.Content);
        Assert.Contains(_session.Events.OfType<MessageUndecryptable>(), message => message.Envelope.Id == id && message.Envelope.Chat == group);
        var request = _service.Trace.Entries.OfType<StanzaEntry>().First(entry => entry.Node.Tag == "receipt" && entry.Node["type"] == "retry").Node;
        Assert.Equal((group, _bruno.Lid), (request.JidOf("to"), request.JidOf("participant")));
        Assert.Equal("1", request.Child("retry")?["count"]);
        Assert.NotNull(request.Child("keys"));

        var next = await _bruno.SendTextAsync(group.ToString(), "three", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == next);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenTheKeyWasKeptUnderThePhoneNumber_FindsItByTheLid()
    {
        var group = NewGroup(AddressingMode.PhoneNumber);
        var first = await _bruno.SendTextAsync(group.ToString(), "one", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == first);
        await _session.Client.StopAsync(Ct);
        var (byLid, byPhone) = (Keys.SenderKey(group, _bruno.Lid.ToSignalAddress()), Keys.SenderKey(group, _bruno.Jid.ToSignalAddress()));
        var data = await _session.Store.ReadAsync(byLid, Ct);
        await _session.Store.CommitAsync(new DeviceChanges().Delete(byLid).Put(new(byPhone, data!)), Ct);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        var id = await _bruno.SendTextAsync(group.ToString(), "two", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("two"), received.Content);
        Assert.Empty(_session.Events.OfType<MessageUndecryptable>());
        Assert.Null(await _session.Store.ReadAsync(byPhone, Ct));
        Assert.NotNull(await _session.Store.ReadAsync(byLid, Ct));
    }

    [Fact]
    public async Task Receive_WhenOurOwnPhoneWritesToTheGroup_PublishesAnEcho()
    {
        var group = NewGroup();

        var id = await _ana.SendTextAsync(group.ToString(), "from the phone", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.True(received.Envelope.FromMe);
        Assert.Equal((group, _ana.Lid), (received.Envelope.Chat, received.Envelope.Sender));
    }

    [Fact]
    public async Task Receive_WhenOurOwnPhoneReadsInTheGroup_TellsOfTheGroup()
    {
        var group = NewGroup();
        var id = await _bruno.SendTextAsync(group.ToString(), "olá", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        await _ana.WaitForMessageAsync(message => message.Id == id, Ct);

        await _ana.ReadAsync([id], Ct);

        var read = await _session.WaitAsync<ReadElsewhere>(Ct);
        Assert.Equal((group, id), (read.Chat, Assert.Single(read.MessageIds)));
    }

    [Fact]
    public async Task MarkRead_InAGroup_TellsTheAuthorByTheNameThatTheGroupUses()
    {
        var group = await JoinedGroupAsync(AddressingMode.PhoneNumber);
        var id = await _bruno.SendTextAsync(group.ToString(), "olá", Ct);
        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);

        await _session.Client.MarkReadAsync(group, _bruno.Lid, [id], Ct);

        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "read", Ct);
        var receipt = _service.Trace.Entries.OfType<StanzaEntry>().First(entry => entry.Node.Tag == "receipt" && entry.Node["type"] == "read").Node;
        Assert.Equal((group, _bruno.Jid), (receipt.JidOf("to"), receipt.JidOf("participant")));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Retry_WhenAMemberHasLostOurKey_GivesTheMessageAgainWithTheKeyInIt()
    {
        var group = NewGroup();
        await SendAsync(group, "one");
        _bruno.ForgetSenderKeys(group.ToString());

        var id = await SendAsync(group, "two");

        Assert.Equal("two", (await _bruno.WaitForMessageAsync(message => message.Id == id, Ct)).Text);
        var answer = SentStanzas(id)[1];
        Assert.Equal((group, _bruno.Lid, null), (answer.JidOf("to"), answer.JidOf("participant"), answer["device_fanout"]));
        var next = await SendAsync(group, "three");
        Assert.Empty(Served(next));
        Assert.Equal("three", (await _bruno.WaitForMessageAsync(message => message.Id == next, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Retry_WhenThisDeviceWasRestartedSince_IsAnsweredAllTheSame()
    {
        await using var companion = await TestSession.PairAsync(_service, _bruno, Ct);
        var group = NewGroup();
        var first = await SendAsync(group, "one");
        await companion.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == first);
        await companion.Client.StopAsync(Ct);
        await LoseSenderKeysAsync(companion, group);
        var id = await SendAsync(group, "two");
        await _session.DisposeAsync();

        await using var again = await companion.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await again.WaitAsync<MessageUndecryptable>(Ct, message => message.Envelope.Id == id);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        var received = await again.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("two"), received.Content);
        Assert.Empty(_service.Trace.Violations);
    }

    [Theory]
    [InlineData(false)] // somebody else
    [InlineData(true)] // a device that no member has
    public async Task Retry_WhenItIsNoMembersDeviceThatAsks_GetsNothing(bool isOfMember)
    {
        var dora = _service.AddPhone("5511900000004", "Dora");
        var group = NewGroup();
        var id = await SendAsync(group, "secret");
        var request = new Node(
            "receipt",
            [("id", id), ("from", group), ("participant", isOfMember ? _bruno.Lid.WithDevice(9) : dora.Lid), ("type", "retry")],
            new Node("retry", [("count", "1"), ("id", id), ("t", "1767225600"), ("v", "1")]),
            new Node("registration", [], new byte[] { 0, 0, 0, 1 }));

        await _service.SendStanzaAsync(request, Ana);

        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: { Tag: "ack" } ack } && ack["type"] == "retry", Ct);
        Assert.Single(SentStanzas(id));
    }

    private async Task LoseSenderKeysAsync(Jid group)
    {
        await _session.Client.StopAsync(Ct);
        await LoseSenderKeysAsync(_session, group);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);
    }

    private static async Task LoseSenderKeysAsync(TestSession session, Jid group)
    {
        var changes = new DeviceChanges();
        foreach (var record in await session.Store.ListAsync(DeviceRecordKind.SenderKey, $"{group}/", Ct))
            changes.Delete(record.Key);
        await session.Store.CommitAsync(changes, Ct);
    }
}
