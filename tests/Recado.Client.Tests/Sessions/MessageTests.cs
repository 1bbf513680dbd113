using Recado.Client.Events;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

public sealed class MessageTests : PairedSessionTests
{
    [Fact]
    public async Task Receive_WhenAPhoneWrites_PublishesTheTextWithBothNames()
    {
        var id = await _bruno.SendTextAsync("5511900000001", "olá", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct);

        Assert.Equal(new TextContent("olá"), received.Content);
        Assert.Equal(id, received.Envelope.Id);
        Assert.Equal((_bruno.Lid, _bruno.Lid), (received.Envelope.Chat, received.Envelope.Sender));
        Assert.Equal((_bruno.Jid, _bruno.Lid), (received.Envelope.PhoneNumber, received.Envelope.Lid));
        Assert.Equal("Bruno", received.Envelope.PushName);
        Assert.False(received.Envelope.FromMe);
        Assert.Equal(MessageOrigin.Live, received.Envelope.Origin);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenHandled_TellsTheAuthorThatItWasDelivered()
    {
        var id = await _bruno.SendTextAsync("5511900000001", "olá", Ct);

        var receipt = await _bruno.WaitForReceiptAsync(
            receipt => receipt.MessageId == id && receipt.From.Contains(':', StringComparison.Ordinal),
            Ct);

        Assert.Contains(receipt.Type, new[] { "", "inactive", "delivery" });
    }

    [Fact]
    public async Task Receive_WhenOurOwnPhoneWrites_PublishesAnEcho()
    {
        var id = await _ana.SendTextAsync("5511900000002", "from the phone", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);

        Assert.True(received.Envelope.FromMe);
        Assert.Equal(_bruno.Lid, received.Envelope.Chat);
        Assert.Equal(_ana.Lid, received.Envelope.Sender);
        Assert.Equal(new TextContent("from the phone"), received.Content);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_ToAPhoneNumber_ReachesTheRecipientAndOurOwnPhone()
    {
        var result = await _session.SendTextAsync(_bruno.Jid, "bom dia", Ct);

        var sent = Assert.IsType<SendResult.Sent>(result);
        var theirs = await _bruno.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct);
        var ours = await _ana.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct);
        Assert.Equal(("bom dia", "bom dia", true), (theirs.Text, ours.Text, ours.FromMe));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenTakenDeliveredAndRead_TellsEachStepInOrder()
    {
        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "bom dia", Ct));
        await _session.WaitAsync<MessageStatusChanged>(Ct, change => change.Status == MessageStatus.Delivered);

        await _bruno.ReadAsync([sent.MessageId], Ct);
        await _session.WaitAsync<MessageStatusChanged>(Ct, change => change.Status == MessageStatus.Read);

        var queued = Assert.Single(_session.Events.OfType<MessageQueued>());
        Assert.Equal(_bruno.Lid, queued.Envelope.Chat);
        Assert.Equal(
            [MessageStatus.Sent, MessageStatus.Delivered, MessageStatus.Read],
            _session
                .Events.OfType<MessageStatusChanged>()
                .Where(change => change.MessageIds.Contains(sent.MessageId))
                .Select(change => change.Status));
        Assert.All(_session.Events.OfType<MessageStatusChanged>(), change => Assert.Equal(_bruno.Lid, change.Chat));
    }

    [Fact]
    public async Task Send_WhenTheRecipientHasAnotherLinkedDevice_ReachesThatToo()
    {
        await using var companion = await TestSession.PairAsync(_service, _bruno, Ct);

        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "to all", Ct));

        var received = await companion.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == sent.MessageId);
        Assert.Equal(_ana.Lid, received.Envelope.Sender);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenTheAccountHasASecondLinkedDevice_EchoesThere()
    {
        await _session.SendTextAsync(_bruno.Jid, "before", Ct); // now the lists are cached, and a notification must correct them
        await using var second = await TestSession.PairAsync(_service, _ana, Ct);

        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "after", Ct));

        var echo = await second.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == sent.MessageId);
        Assert.True(echo.Envelope.FromMe);
        Assert.Equal(_bruno.Lid, echo.Envelope.Chat);
        Assert.Equal(new TextContent("after"), echo.Content);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_ToOurselves_ReachesOurPhone()
    {
        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_ana.Jid, "note", Ct));

        Assert.Equal("note", (await _ana.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_ToANumberWithoutWhatsApp_SaysSo()
    {
        var result = await _session.SendTextAsync(new("5511977777777", "s.whatsapp.net"), "anyone?", Ct);

        Assert.IsType<SendResult.NotOnWhatsApp>(result);
        Assert.Empty(_session.Events.OfType<MessageQueued>());
    }

    [Fact]
    public async Task Send_WhenRefused_FailsWithTheCode()
    {
        await _session.SendTextAsync(_bruno.Jid, "first", Ct);
        _service.Faults.Add(new(FaultKind.Nack, Code: 463));

        var result = await _session.SendTextAsync(_bruno.Jid, "second", Ct);

        Assert.Equal(463, Assert.IsType<SendResult.Refused>(result).Code);
        var failed = await _session.WaitAsync<MessageStatusChanged>(Ct, change => change.Status == MessageStatus.Failed);
        Assert.Equal(463, failed.ErrorCode);
    }

    [Theory]
    [InlineData(479)]
    [InlineData(500)]
    public async Task Send_WhenRefusedForSomethingThatASecondAttemptCures_IsTakenThen(int code)
    {
        await _session.SendTextAsync(_bruno.Jid, "first", Ct);
        _service.Faults.Add(new(FaultKind.Nack, Code: code));

        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "second", Ct));

        Assert.Equal("second", (await _bruno.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WithAnIdThatWasSentBefore_SendsNothingAgain()
    {
        await _session.SendTextAsync(_bruno.Jid, "once", Ct, "3EB0AAAAAAAAAAAAAAAAAA");

        var again = await _session.SendTextAsync(_bruno.Jid, "once", Ct, "3EB0AAAAAAAAAAAAAAAAAA");

        Assert.IsType<SendResult.Sent>(again);
        Assert.Single(_session.Events.OfType<MessageQueued>());
    }

    [Fact]
    public async Task Send_ManyAtOnce_AllArriveInOrderOfQueueing()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _session.SendTextAsync(_bruno.Jid, $"text {i}", Ct)));

        Assert.All(results, result => Assert.IsType<SendResult.Sent>(result));
        var queued = _session.Events.OfType<MessageQueued>().Select(happened => happened.Envelope.Id).ToList();
        await _bruno.WaitForMessageAsync(message => message.Id == queued[^1], Ct);
        Assert.Equal(queued, _bruno.Inbox.Where(message => !message.FromMe).Select(message => message.Id));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task MarkRead_OfAReceivedMessage_ReachesItsAuthor()
    {
        var id = await _bruno.SendTextAsync("5511900000001", "read me", Ct);
        var received = await _session.WaitAsync<MessageReceived>(Ct);

        await _session.Client.MarkReadAsync(received.Envelope.Chat, null, [id], Ct);

        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "read", Ct);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Read_OnOurPhone_IsToldAsReadElsewhere()
    {
        var id = await _bruno.SendTextAsync("5511900000001", "read me", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);

        await _ana.ReadAsync([id], Ct);

        var elsewhere = await _session.WaitAsync<ReadElsewhere>(Ct);
        Assert.Equal(_bruno.Lid, elsewhere.Chat);
        Assert.Equal([id], elsewhere.MessageIds);
    }

    [Fact]
    public async Task Resolve_ForKnownAndUnknownNumbers_TellsThemApart()
    {
        var known = await _session.Client.ResolveAsync("+55 (11) 90000-0002", Ct);
        var unknown = await _session.Client.ResolveAsync("+55 11 97777-7777", Ct);

        Assert.Equal(_bruno.Jid, known);
        Assert.Null(unknown);
        await Assert.ThrowsAsync<ArgumentException>(() => _session.Client.ResolveAsync("12", Ct));
    }

    [Fact]
    public async Task Receive_WhenDamagedOnTheWay_AsksAgainAndGetsIt()
    {
        await _bruno.SendTextAsync("5511900000001", "first", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);
        _service.Faults.Add(new(FaultKind.Corrupt));

        var id = await _bruno.SendTextAsync("5511900000001", "second", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("second"), received.Content);
        Assert.Single(_session.Events.OfType<MessageUndecryptable>());
    }

    [Fact]
    public async Task Receive_WhenDamagedTwice_SendsKeysAlong()
    {
        await _bruno.SendTextAsync("5511900000001", "first", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);
        _service.Faults.Add(new(FaultKind.Corrupt, Count: 2));

        var id = await _bruno.SendTextAsync("5511900000001", "third time lucky", Ct);

        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Contains(
            _service.Trace.Entries.OfType<StanzaEntry>(),
            entry => entry.Node["type"] == "retry" && entry.Node.Child("keys") is not null);
    }

    [Fact]
    public async Task Send_WhenTheRecipientLostItsSession_IsGivenAgain()
    {
        await _session.SendTextAsync(_bruno.Jid, "first", Ct);
        await _bruno.SendTextAsync("5511900000001", "hello back", Ct); // so that the session is established both ways
        await _session.WaitAsync<MessageReceived>(Ct);
        _bruno.ForgetSessions();

        var sent = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, "second", Ct));

        Assert.Equal(
            "second",
            (await _bruno.WaitForMessageAsync(message => message.Id == sent.MessageId && message.Text is not null, Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenDeliveredTwice_IsPublishedOnceAndSettledTwice()
    {
        _service.Faults.Add(new(FaultKind.Duplicate));

        var id = await _bruno.SendTextAsync("5511900000001", "twice", Ct);
        await _bruno.SendTextAsync("5511900000001", "after", Ct);

        await _session.WaitAsync<MessageReceived>(Ct, message => message.Content is TextContent { Text: "after" });
        Assert.Single(_session.Events.OfType<MessageReceived>(), message => message.Envelope.Id == id);
        Assert.Empty(_session.Events.OfType<MessageUndecryptable>());
    }

    [Theory]
    [InlineData(FaultKind.Compress)]
    [InlineData(FaultKind.Split)]
    public async Task Receive_WhenTheFrameIsUnusual_ReadsItAllTheSame(FaultKind kind)
    {
        _service.Faults.Add(new(kind, Count: 3));

        await _bruno.SendTextAsync("5511900000001", "unusual", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct);
        Assert.Equal(new TextContent("unusual"), received.Content);
    }
}
