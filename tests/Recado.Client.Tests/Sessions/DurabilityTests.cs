using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>What survives a crash at each instant: nothing is lost, nothing is stored twice, nothing leaves before it is saved.</summary>
public sealed class DurabilityTests : IAsyncLifetime
{
    private const string OwnNumber = "5511900000001";

    private SimulatedService _service = null!;
    private SimulatedPhone _bruno = null!;
    private TestSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        var ana = _service.AddPhone(OwnNumber, "Ana");
        _bruno = _service.AddPhone("5511900000002", "Bruno");
        _session = await TestSession.PairAsync(_service, ana, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Receive_WhenTheProcessDiesBeforeSaving_GetsTheMessageAgainAndStoresItOnce()
    {
        var id = await CrashOnMessageAsync(beforeSaving: true);

        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct);
        await _session.WaitAsync<CaughtUp>(Ct);
        Assert.Equal((id, new TextContent("hello")), (received.Envelope.Id, received.Content));
        Assert.Equal(MessageOrigin.Offline, received.Envelope.Origin);
        Assert.Single(_session.Events.OfType<MessageReceived>());
        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == id, Ct);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenTheProcessDiesAfterSavingButBeforeSettling_SettlesTheRepeatWithoutStoringItAgain()
    {
        var id = await CrashOnMessageAsync(beforeSaving: false);
        var receiptsBefore = Receipts(id);

        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        await _session.WaitAsync<CaughtUp>(Ct);
        await _service.Trace.WaitForAsync(entry => IsReceipt(entry, id), Ct);
        Assert.Equal(0, receiptsBefore);
        Assert.Empty(_session.Events.OfType<MessageReceived>());
        Assert.Empty(_session.Events.OfType<MessageUndecryptable>());
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenOnlyTheReaderFails_GivesTheSameBatchToTheNextReader()
    {
        var id = await CrashOnMessageAsync(beforeSaving: true);
        var receiptsBefore = Receipts(id);

        _session.ReadAgain();

        await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        await _service.Trace.WaitForAsync(entry => IsReceipt(entry, id), Ct);
        Assert.Equal(0, receiptsBefore);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhenTheConnectionDropsWhileABatchIsUnsaved_StoresOnceAndSettlesOverTheNewConnection()
    {
        var saving = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        _session.BeforeSaving = batch =>
        {
            if (!batch.Events.OfType<MessageReceived>().Any())
                return Task.CompletedTask;

            saving.TrySetResult();
            return mayGoOn.Task;
        };
        var id = await _bruno.SendTextAsync(OwnNumber, "hello", Ct);
        await saving.Task.WaitAsync(Ct);

        _service.Trace.Clear();
        await _service.DropConnectionsAsync(OwnNumber);
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Node.Tag: "message" } stanza && stanza.Node["offline"] is not null,
            Ct);
        mayGoOn.SetResult();

        await _service.Trace.WaitForAsync(entry => IsReceipt(entry, id), Ct);
        await _session.WaitAsync<CaughtUp>(Ct);
        Assert.Single(_session.Events.OfType<MessageReceived>());
        Assert.Empty(_session.Events.OfType<MessageUndecryptable>());
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenTheReaderDiesBeforeSaving_SendsNothing()
    {
        _session.BeforeSaving = batch =>
            batch.Events.OfType<MessageQueued>().Any() ? throw new IOException("The disk is full.") : Task.CompletedTask;
        var sending = _session.SendTextAsync(_bruno.Jid, "unsaved", Ct);

        await Assert.ThrowsAsync<IOException>(() => _session.Reading.WaitAsync(Ct));
        var leftBehind = Messages().Count;
        _session.ReadAgain();

        Assert.Equal(0, leftBehind);
        Assert.IsType<SendResult.Sent>(await sending);
    }

    [Fact]
    public async Task Send_WhenTheProcessDiesBetweenSavingAndSending_SendsTheSavedBytesAfterTheRestart()
    {
        _session.AfterSaving = batch =>
            batch.Events.OfType<MessageQueued>().Any() ? throw new IOException("The process was killed.") : Task.CompletedTask;
        var sending = _session.SendTextAsync(_bruno.Jid, "saved", Ct);
        await Assert.ThrowsAsync<IOException>(() => _session.Reading.WaitAsync(Ct));
        var outbox = Assert.Single(await _session.Store.ListAsync(DeviceRecordKind.Outbox, null, Ct));

        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        await _session.WaitAsync<MessageStatusChanged>(Ct, change => change.Status == MessageStatus.Sent);
        var arrived = await _bruno.WaitForMessageAsync(message => !message.FromMe, Ct);
        Assert.Equal("saved", arrived.Text);
        Assert.Equal(outbox.Data, NodeCodec.Encode(Assert.Single(Messages())));
        Assert.Empty(await _session.Store.ListAsync(DeviceRecordKind.Outbox, null, Ct));
        Assert.Empty(_service.Trace.Violations);
        _ = sending; // its client is gone; it ends with the connection's time limit
    }

    [Fact]
    public async Task Send_WhenTheAckIsLostWithTheConnection_SendsTheSameBytesAgainAndIsTaken()
    {
        await _session.SendTextAsync(_bruno.Jid, "first", Ct);
        _service.Faults.Add(new(FaultKind.DropAck));
        var sending = _session.SendTextAsync(_bruno.Jid, "second", Ct);
        var queued = await _session.WaitAsync<MessageQueued>(Ct, happened => happened.Message.Content is TextContent { Text: "second" });
        await _bruno.WaitForMessageAsync(message => message.Id == queued.Envelope.Id, Ct);

        await _service.DropConnectionsAsync(OwnNumber);

        Assert.IsType<SendResult.Sent>(await sending);
        var copies = Messages().Where(message => message["id"] == queued.Envelope.Id).Select(NodeCodec.Encode).ToList();
        Assert.Equal(2, copies.Count);
        Assert.Equal(copies[0], copies[1]);
        Assert.Single(_bruno.Inbox, message => message.Id == queued.Envelope.Id);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_WhileAway_DeliversEverythingInOrderAsOffline()
    {
        await _session.Client.StopAsync(Ct);
        _session.Forget();
        for (var i = 0; i < 10; i++)
            await _bruno.SendTextAsync(OwnNumber, $"text {i}", Ct);

        await _session.Client.StartAsync(Ct);

        var caughtUp = await _session.WaitAsync<CaughtUp>(Ct);
        var received = _session.Events.OfType<MessageReceived>().ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"text {i}"), received.Select(message => ((TextContent)message.Content).Text));
        Assert.All(received, message => Assert.Equal(MessageOrigin.Offline, message.Envelope.Origin));
        Assert.True(caughtUp.Count >= 10);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_AFlood_KeepsOrderAndLosesNothing()
    {
        await _bruno.SendTextAsync(OwnNumber, "first", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);
        var flood = _bruno.PrepareTexts(OwnNumber, Enumerable.Range(0, 1000).Select(i => $"text {i}"));

        _bruno.SendPrepared(flood);

        await _session.WaitAsync<MessageReceived>(Ct, message => message.Content is TextContent { Text: "text 999" });
        var texts = _session.Events.OfType<MessageReceived>().Skip(1).Select(message => ((TextContent)message.Content).Text);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"text {i}"), texts);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task ReadEvents_WhenUsedAlone_SavesWhatItHandsOut()
    {
        var options = TestSession.OptionsFor(_service);
        var store = _session.Store;
        await _session.DisposeAsync();
        await using var client = new WhatsAppClient(options, store);
        await client.StartAsync(Ct);
        await _bruno.SendTextAsync(OwnNumber, "hello", Ct);

        await foreach (var happened in client.ReadEventsAsync(Ct))
        {
            if (happened is CaughtUp)
                await _bruno.SendTextAsync(OwnNumber, "and again", Ct);
            if (happened is MessageReceived { Content: TextContent { Text: "and again" } })
                break;
        }

        Assert.NotEmpty(await store.ListAsync(DeviceRecordKind.Session, _bruno.Lid.ToSignalAddress().Name, Ct));
    }

    /// <summary>Lets the reader fail on the batch that holds the first message.</summary>
    private async Task<string> CrashOnMessageAsync(bool beforeSaving)
    {
        Task Crash(EventBatch batch) =>
            batch.Events.OfType<MessageReceived>().Any() ? throw new IOException("The process was killed.") : Task.CompletedTask;
        if (beforeSaving)
            _session.BeforeSaving = Crash;
        else
            _session.AfterSaving = Crash;

        var id = await _bruno.SendTextAsync(OwnNumber, "hello", Ct);
        await Assert.ThrowsAsync<IOException>(() => _session.Reading.WaitAsync(Ct));
        return id;
    }

    private int Receipts(string id) => _service.Trace.Entries.Count(entry => IsReceipt(entry, id));

    private List<Node> Messages() =>
        [
            .. _service
                .Trace.Entries.OfType<StanzaEntry>()
                .Where(entry => entry is { Direction: TraceDirection.FromClient, Node.Tag: "message" })
                .Select(entry => entry.Node),
        ];

    private static bool IsReceipt(TraceEntry entry, string id) =>
        entry is StanzaEntry { Direction: TraceDirection.FromClient, Node.Tag: "receipt" } stanza && stanza.Node["id"] == id;
}
