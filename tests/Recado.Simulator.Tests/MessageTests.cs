using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using Recado.Simulator.Faults;
using Recado.Simulator.Tests.Clients;
using Recado.Simulator.Trace;

namespace Recado.Simulator.Tests;

public sealed class MessageTests : ServiceTest
{
    [Fact]
    public async Task SendText_WhenFromAPhone_ReachesTheCompanionOfTheOther()
    {
        await using var client = await ClientOfAsync(Ana);

        var id = await Bia.SendTextAsync(Ana.PhoneNumber, "hello", Ct);
        var message = await client.Connection.ReceiveAsync("message");
        var content = client.Decrypt(message);
        await client.SettleAsync(message);

        Assert.Equal("hello", content.Conversation);
        Assert.Equal(id, message["id"]);
        Assert.Equal(Bia.Lid, message.RequiredJid("from"));
        Assert.Equal(Bia.Jid, message.RequiredJid("sender_pn"));
        Assert.Equal("Bia", message["notify"]);
        await Bia.WaitForReceiptAsync(r => r.MessageId == id && r.From == client.Device.Lid.ToString(), Ct);
        Assert.Equal("hello", Assert.Single(Ana.Inbox).Text);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task SendText_WhenThePhoneHasACompanion_GivesItACopy()
    {
        await using var client = await ClientOfAsync(Ana);

        await Ana.SendTextAsync(Bia.Jid.ToString(), "mine", Ct);
        var copy = await client.Connection.ReceiveAsync("message");

        var content = client.Decrypt(copy);
        Assert.Equal(Bia.Jid, copy.RequiredJid("recipient"));
        Assert.Equal(Bia.Lid, copy.RequiredJid("peer_recipient_lid"));
        Assert.Equal(Ana.Jid, copy.RequiredJid("from"));
        Assert.Equal("mine", content.DeviceSentMessage.Message.Conversation);
    }

    [Fact]
    public async Task Send_WhenFromACompanion_ReachesBothPhonesAndTheirReceiptsComeBack()
    {
        await using var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Bia.Lid, Ana.Lid);
        var message = client.Text(Bia, "hi");

        var ack = await client.SendAsync(message);
        var delivered = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] is null);
        await Bia.ReadAsync(ct: Ct);
        var read = await client.Connection.ReceiveAsync(n => n.Tag == "receipt" && n["type"] == "read");

        Assert.Null(ack["error"]);
        Assert.Null(ack["phash"]);
        Assert.True(ack.NumberOf("t") > 0);
        Assert.Equal(Bia.Lid, delivered.RequiredJid("from"));
        Assert.Equal(message["id"], read["id"]);
        Assert.Equal("hi", Assert.Single(Bia.Inbox).Text);
        Assert.True(Assert.Single(Ana.Inbox).FromMe);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenRepeatedWithTheSameBytes_IsAnsweredByTheSameAckAndDeliveredOnce()
    {
        await using var client = await ReadyToWriteAsync();
        var message = client.Text(Bia, "once");

        var first = await client.SendAsync(message);
        var second = await client.SendAsync(message);

        Assert.Equal(first["t"], second["t"]);
        Assert.Null(second["error"]);
        Assert.Single(Bia.Inbox);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenTheIdIsUsedForOtherBytes_IsRefused()
    {
        await using var client = await ReadyToWriteAsync();
        var id = client.NewId();
        await client.SendAsync(client.Text(Bia, "one", id));

        var ack = await client.SendAsync(client.Text(Bia, "two", id));

        AssertRefused(ack, "479", "used before");
    }

    [Fact]
    public async Task Send_WhenAMessageKeyIsUsedTwice_IsRefused()
    {
        await using var client = await ReadyToWriteAsync();
        var earlier = client.Device.Sessions.ToDictionary();
        await client.SendAsync(client.Text(Bia, "one"));
        foreach (var (address, session) in earlier)
        {
            client.Device.Sessions[address] = session;
        }

        var ack = await client.SendAsync(client.Text(Bia, "two"));

        AssertRefused(ack, "479", "message key");
    }

    [Fact]
    public async Task Send_WhenADeviceIsMissing_IsDeliveredAndAnsweredWithTheServicesHash()
    {
        await using var client = await ReadyToWriteAsync();
        var whole = client.Text(Bia, "partly");
        var participants = whole.RequiredChild("participants");
        var partly = With(whole, new Node("participants", [], [participants.Children[0]]), whole.RequiredChild("device-identity"));

        var ack = await client.SendAsync(partly);

        Assert.StartsWith("2:", ack["phash"], StringComparison.Ordinal);
        Assert.Equal("partly", Assert.Single(Bia.Inbox).Text);
    }

    [Theory]
    [InlineData("unknown device", "not linked")]
    [InlineData("sending device", "The sending device")]
    [InlineData("device twice", "twice")]
    [InlineData("mixed addressing", "mixes")]
    [InlineData("no identity", "device-identity")]
    [InlineData("text for a jid", "with a JID")]
    [InlineData("stranger", "neither to the recipient")]
    public async Task Send_WhenTheFanOutIsWrong_IsRefused(string mistake, string sentence)
    {
        await using var client = await ReadyToWriteAsync();
        var good = client.Text(Bia, "wrong");
        var participants = good.RequiredChild("participants").Children;
        var enc = participants[0].Children[0];
        var identity = good.RequiredChild("device-identity");
        Node To(NodeAttribute jid) => new("to", [jid], [enc]);
        Node[] children = mistake switch
        {
            "no identity" => [good.RequiredChild("participants")],
            "unknown device" => [new Node("participants", [], [.. participants, To(("jid", Bia.Lid.WithDevice(9)))]), identity],
            "sending device" => [new Node("participants", [], [.. participants, To(("jid", client.Device.Lid))]), identity],
            "device twice" => [new Node("participants", [], [.. participants, To(("jid", Bia.Lid))]), identity],
            "mixed addressing" => [new Node("participants", [], [participants[0], To(("jid", Ana.Jid))]), identity],
            "stranger" => [new Node("participants", [], [.. participants, To(("jid", Service.AddPhone("5511900000003").Lid))]), identity],
            _ => [new Node("participants", [], [participants[0], To(("jid", Ana.Lid.ToString()))]), identity],
        };

        var ack = await client.SendAsync(With(good, children));

        AssertRefused(ack, "479", sentence);
        Assert.Empty(Bia.Inbox);
    }

    [Fact]
    public async Task Send_WhenTheRetryWasNotAskedFor_IsRefused()
    {
        await using var client = await ReadyToWriteAsync();
        var enc = client.Encrypt(Bia.Lid, new Message { Conversation = "again" });
        var retry = new Node("message", [("id", client.NewId()), ("type", "text"), ("to", Bia.Lid), ("device_fanout", "false")],
            [new Node("enc", [.. enc.Attributes, ("count", 1)], enc.Bytes.ToArray()), Node.Of("device-identity", client.Device.Account)]);

        var ack = await client.SendAsync(retry);

        AssertRefused(ack, "479", "no retry receipt");
    }

    [Fact]
    public async Task Send_WhenThePhoneCannotDecrypt_IsAskedForAgainAndThenRead()
    {
        await using var client = await ReadyToWriteAsync();
        await client.SendAsync(client.Text(Bia, "first"));
        Bia.ForgetSessions();
        var message = With(client.Text(Bia, "second"));
        Bia.ForgetSessions();

        // With no reply yet the companion still sends pkmsg, whose prekey the phone has used up.
        await client.SendAsync(message);
        var retry = await client.Connection.ReceiveAsync(n => n["type"] == "retry");
        await client.FetchBundlesAsync(Bia.Lid);
        var enc = client.Encrypt(Bia.Lid, new Message { Conversation = "second" });
        var ack = await client.SendAsync(new Node("message",
            [("id", message["id"]), ("type", "text"), ("to", retry.RequiredJid("from")), ("device_fanout", "false")],
            [
                new Node("enc", [.. enc.Attributes, ("count", retry.RequiredChild("retry")["count"])], enc.Bytes.ToArray()),
                Node.Of("device-identity", client.Device.Account),
            ]));

        Assert.Null(ack["error"]);
        Assert.Equal(["first", "second"], Bia.Inbox.Select(m => m.Text));
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Retry_WhenACompanionAsksThePhone_GetsTheMessageAgain()
    {
        await using var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(FaultKind.Corrupt));
        await Bia.SendTextAsync(Ana.PhoneNumber, "twice", Ct);
        var broken = await client.Connection.ReceiveAsync("message");
        Assert.ThrowsAny<Exception>(() => client.Decrypt(broken));

        await client.AskForRetryAsync(broken);
        var again = await client.Connection.ReceiveAsync("message");

        Assert.Equal("1", again.RequiredChild("enc")["count"]);
        Assert.Equal("twice", client.Decrypt(again).Conversation);
        Assert.Equal(1, Assert.Single(Ana.LinkedDevices).Undelivered);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Retry_WhenTheOwnCopyIsBroken_ComesAgainForTheSameChat()
    {
        await using var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(FaultKind.Corrupt));
        await Ana.SendTextAsync(Bia.PhoneNumber, "copy", Ct);
        var broken = await client.Connection.ReceiveAsync("message");

        await client.AskForRetryAsync(broken);
        var again = await client.Connection.ReceiveAsync("message");

        Assert.Equal(Bia.Lid, again.RequiredJid("recipient"));
        Assert.Equal("copy", client.Decrypt(again).DeviceSentMessage.Message.Conversation);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Receipt_WhenNotForTheSendingDevice_IsAViolationAndSettlesNothing()
    {
        await using var client = await ClientOfAsync(Ana);
        await Bia.SendTextAsync(Ana.PhoneNumber, "hello", Ct);
        var message = await client.Connection.ReceiveAsync("message");

        await client.Connection.SendAsync(new Node("receipt", [("id", message["id"]), ("to", Bia.Lid.WithDevice(3))]));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Single(Service.Trace.Violations);
        Assert.Equal(1, Assert.Single(Ana.LinkedDevices).Undelivered);
    }

    [Fact]
    public async Task Send_WhenANackIsPlanned_GetsItOnce()
    {
        await using var client = await ReadyToWriteAsync();
        Service.Faults.Add(new Fault(FaultKind.Nack, Code: 463, Phone: Ana.PhoneNumber));

        var refused = await client.SendAsync(client.Text(Bia, "no"));
        var taken = await client.SendAsync(client.Text(Bia, "yes"));

        Assert.Equal("463", refused["error"]);
        Assert.Null(taken["error"]);
        Assert.Equal("yes", Assert.Single(Bia.Inbox).Text);
    }

    [Fact]
    public async Task Send_WhenTheUserIsUnknown_IsRefused()
    {
        await using var client = await ReadyToWriteAsync();
        var good = client.Text(Bia, "nobody");

        var ack = await client.SendAsync(new Node("message",
            [("id", good["id"]), ("type", "text"), ("to", new Protocol.Jid("999", "lid"))], [.. good.Children]));

        AssertRefused(ack, "404", "does not exist");
    }

    private static Node With(Node message, params Node[] children) =>
        new(message.Tag, message.Attributes, children.Length == 0 ? [.. message.Children] : children);

    private async Task<RawClient> ReadyToWriteAsync()
    {
        var client = await ClientOfAsync(Ana);
        await client.FetchBundlesAsync(Bia.Lid, Ana.Lid);
        return client;
    }

    private void AssertRefused(Node ack, string code, string sentence)
    {
        Assert.Equal(code, ack["error"]);
        var notes = Service.Trace.Entries.OfType<NoteEntry>().ToList();
        Assert.Contains(notes, n => n.Text.Contains(sentence, StringComparison.Ordinal));
    }
}
