using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>What the service tells a session besides messages.</summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private const string OwnNumber = "5511900000001";
    private const string OtherNumber = "5511900000002";

    private SimulatedService _service = null!;
    private SimulatedPhone _ana = null!;
    private SimulatedPhone _bruno = null!;
    private TestSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _ana = _service.AddPhone(OwnNumber, "Ana");
        _bruno = _service.AddPhone(OtherNumber, "Bruno");
        _session = await TestSession.PairAsync(_service, _ana, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task IdentityChange_OfAContact_ForgetsItsSessionsAndStartsANewOne()
    {
        await _session.SendTextAsync(_bruno.Jid, "before", Ct);
        await _bruno.SendTextAsync(OwnNumber, "answer", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);

        await NotifyAsync("encrypt", _bruno.Jid, new Node("identity"));
        var changed = await _session.WaitAsync<IdentityChanged>(Ct);
        var sessions = await _session.Store.ListAsync(DeviceRecordKind.Session, _bruno.Lid.ToSignalAddress().Name, Ct);
        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "after", Ct));

        Assert.Equal(_bruno.Lid, changed.User);
        Assert.Empty(sessions);
        await _bruno.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct);
        Assert.Contains(Sent("message").Last().RequiredChild("participants").Children, to => to.RequiredChild("enc")["type"] == "pkmsg");
    }

    [Fact]
    public async Task PrivacyToken_GivenByAContact_IsAttachedToTheNextMessage()
    {
        await using var contact = await TestSession.PairAsync(_service, _bruno, Ct);
        await contact.SendTextAsync(_ana.Jid, "hello", Ct); // after its first message a client gives its contact a token
        await _service.Trace.WaitForAsync(
            entry =>
                entry is StanzaEntry { Direction: TraceDirection.FromClient, Node.Tag: "ack" } ack && ack.Node["type"] == "privacy_token",
            Ct);

        Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "hello back", Ct));

        Assert.NotNull(Sent("message").Last().Child("tctoken"));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Devices_WhenAContactLosesOne_AreNoLongerWrittenTo()
    {
        await using var companion = await TestSession.PairAsync(_service, _bruno, Ct);
        await _session.SendTextAsync(_bruno.Jid, "to both", Ct);

        await _bruno.UnlinkAsync(1, Ct);
        Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "to one", Ct));

        Assert.DoesNotContain(
            Sent("message").Last().RequiredChild("participants").Children,
            to => to.JidOf("jid") == _bruno.Lid.WithDevice(1));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Hints_AfterTheLogin_AreStoredAndAnswered()
    {
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient } stanza && stanza.Node.Child("clean") is not null,
            Ct);

        await _service.DropConnectionsAsync(OwnNumber);
        _session.Forget();
        await _session.ConnectedAsync(Ct);

        Assert.NotNull(await _session.Store.ReadAsync(new(DeviceRecordKind.Setting, "edge_routing"), Ct));
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient } stanza && stanza.Node.Child("unified_session") is not null,
            Ct);
    }

    [Fact]
    public async Task RetryRequest_ForAMessageThatTheRequesterNeverGot_IsSettledWithoutAskingForKeys()
    {
        await _session.SendTextAsync(_ana.Jid, "a note to myself", Ct);
        var note = Sent("message").Last()["id"];
        var asked = Queries();

        await _service.SendStanzaAsync(
            new(
                "receipt",
                [("id", note), ("from", _bruno.Lid), ("type", "retry"), ("t", "1700000000")],
                new Node("retry", [("count", "2"), ("id", note), ("t", "1700000000"), ("v", "1")])),
            OwnNumber);
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient, Node.Tag: "ack" } ack && ack.Node["id"] == note,
            Ct);

        Assert.Equal(asked, Queries());
        Assert.Equal(note, Sent("message").Last()["id"]);
        Assert.Single(Sent("message"));

        int Queries() => Sent("iq").Count(iq => iq["xmlns"] == "encrypt" && iq.Child("key") is not null);
    }

    [Fact]
    public async Task UnknownNotification_IsAcknowledgedWithItsType()
    {
        await NotifyAsync("something_new", _bruno.Jid, new Node("x"));

        var ack = await AckAsync("notification");

        Assert.Equal("something_new", ack["type"]);
        Assert.Null(ack["error"]);
    }

    [Fact]
    public async Task Message_WithoutATime_IsRefusedAsUnparsable()
    {
        await _service.SendStanzaAsync(
            new("message", [("id", "BAD"), ("from", _bruno.Lid), ("type", "text")], new Node("enc", [("v", "2"), ("type", "msg")], [1])),
            OwnNumber);

        Assert.Equal("487", (await AckAsync("message"))["error"]);
    }

    [Fact]
    public async Task Message_ThatOnlyThePhoneMaySee_LeavesAPlaceholder()
    {
        await _service.SendStanzaAsync(
            new(
                "message",
                [("id", "ONCE"), ("from", _bruno.Lid), ("type", "media"), ("t", "1700000000")],
                new Node("unavailable", [("type", "view_once")])),
            OwnNumber);

        var placeholder = await _session.WaitAsync<MessageUndecryptable>(Ct);

        Assert.Equal(("ONCE", _bruno.Lid), (placeholder.Envelope.Id, placeholder.Envelope.Chat));
        Assert.Null((await AckAsync("message"))["error"]);
    }

    [Fact]
    public async Task Message_OfAGroupWithAKnownSenderKey_IsRead()
    {
        var group = Jid.Parse("120363000000000000@g.us");
        var distribution = SenderKeyCipher.CreateDistribution(null, RandomSource.System);
        await _session.Client.StopAsync(Ct);
        await _session.Store.CommitAsync(
            new DeviceChanges().Put(
                new(
                    new(DeviceRecordKind.SenderKey, $"{group}/{_bruno.Lid.ToSignalAddress()}"),
                    SenderKeyCipher.ProcessDistribution(null, distribution.Body).Serialize())),
            Ct);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);
        var text = MessagePadding.Pad(
            Google.Protobuf.MessageExtensions.ToByteArray(new Protocol.Proto.Message { Conversation = "all together" }),
            RandomSource.System);
        var encrypted = SenderKeyCipher.Encrypt(distribution.Record, text, RandomSource.System);

        await _service.SendStanzaAsync(GroupMessage(group, encrypted.Body), OwnNumber);

        var received = await _session.WaitAsync<MessageReceived>(Ct);
        Assert.Equal((group, _bruno.Lid, true), (received.Envelope.Chat, received.Envelope.Sender, received.Envelope.IsGroup));
        Assert.Equal(new TextContent("all together"), received.Content);
    }

    [Fact]
    public async Task Message_OfAGroupWithoutItsSenderKey_IsAskedForWithKeys()
    {
        var encrypted = SenderKeyCipher.Encrypt(
            SenderKeyCipher.CreateDistribution(null, RandomSource.System).Record,
            new byte[16],
            RandomSource.System);

        await _service.SendStanzaAsync(GroupMessage(Jid.Parse("120363000000000000@g.us"), encrypted.Body), OwnNumber);

        await _session.WaitAsync<MessageUndecryptable>(Ct);
        await _service.Trace.WaitForAsync(
            entry =>
                entry is StanzaEntry { Node.Tag: "receipt" } stanza
                && stanza.Node["type"] == "retry"
                && stanza.Node.Child("keys") is not null,
            Ct);
    }

    [Fact]
    public async Task Message_AddressedByPhoneNumber_BelongsToTheChatByLid()
    {
        await _bruno.SendTextAsync(_ana.Jid.ToString(), "by number", Ct);
        await _bruno.SendTextAsync(_ana.Lid.ToString(), "by LID", Ct);

        await _session.WaitAsync<MessageReceived>(Ct, message => message.Content is TextContent { Text: "by LID" });

        Assert.All(
            _session.Events.OfType<MessageReceived>(),
            message => Assert.Equal((_bruno.Lid, _bruno.Jid), (message.Envelope.Chat, message.Envelope.PhoneNumber)));
        Assert.Equal(2, _session.Events.OfType<MessageReceived>().Count());
        Assert.Single(_session.Events.OfType<IdentityMapped>(), mapped => mapped.Lid == _bruno.Lid);
    }

    [Fact]
    public async Task Pairing_WhenThePhoneAsksForAPasskey_StopsAndSaysSo()
    {
        await using var unpaired = new TestSession(TestSession.OptionsFor(_service));
        await unpaired.Client.StartAsync(Ct);
        await unpaired.WaitAsync<QrIssued>(Ct);

        await _service.SendStanzaAsync(
            new("notification", [("id", "PASSKEY"), ("from", Jid.Service), ("type", "passkey_prologue_request")]));

        var error = await unpaired.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Error);
        Assert.Equal(DisconnectReason.PairingUnsupported, error.Reason);
        Assert.Contains("passkey", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairing_WhenThePhoneIsTooOld_SaysSoAndKeepsTheCode()
    {
        await using var unpaired = new TestSession(TestSession.OptionsFor(_service));
        await unpaired.Client.StartAsync(Ct);
        var qr = await unpaired.WaitAsync<QrIssued>(Ct);

        await _service.SendStanzaAsync(new("ib", [], new Node("downgrade_webclient")));
        var hint = await unpaired.WaitAsync<StateChanged>(Ct, changed => changed.Reason == DisconnectReason.PairingUnsupported);
        await _bruno.ScanAsync(qr.Code, Ct);

        Assert.Equal(SessionState.Connecting, hint.State);
        await unpaired.ConnectedAsync(Ct);
    }

    private Task NotifyAsync(string type, Jid from, Node content) =>
        _service.SendStanzaAsync(
            new("notification", [("id", "TEST" + type), ("from", from), ("type", type), ("t", "1700000000")], content),
            OwnNumber);

    private async Task<Node> AckAsync(string stanzaClass)
    {
        var entry = await _service.Trace.WaitForAsync(
            entry =>
                entry is StanzaEntry { Direction: TraceDirection.FromClient, Node.Tag: "ack" } ack
                && ack.Node["class"] == stanzaClass
                && (ack.Node["id"]!.StartsWith("TEST", StringComparison.Ordinal) || ack.Node["id"] is "BAD" or "ONCE"),
            Ct);
        return ((StanzaEntry)entry).Node;
    }

    private List<Node> Sent(string tag) =>
        [
            .. _service
                .Trace.Entries.OfType<StanzaEntry>()
                .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == tag)
                .Select(entry => entry.Node),
        ];

    private Node GroupMessage(Jid group, byte[] body) =>
        new(
            "message",
            [
                ("id", "GROUP1"),
                ("from", group),
                ("participant", _bruno.Lid),
                ("type", "text"),
                ("t", "1700000000"),
                ("addressing_mode", "lid"),
            ],
            new Node("enc", [("v", "2"), ("type", "skmsg")], body));
}
