using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Interop.Tests.Harness;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Presence;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests.Shapes;

/// <summary>One life of our client, talking to Baileys, cut into the scenarios that were recorded from Baileys itself.</summary>
public sealed class RecordedRun : IAsyncLifetime
{
    private readonly Dictionary<string, IReadOnlyList<Node>> _sent = [];
    private SimulatedService _service = null!;
    private string _ownNumber = null!;
    private long _mark = -1;

    /// <summary>The scenarios, with the operations of the recording that belong to them; all when none is named.</summary>
    public static IReadOnlyDictionary<string, string[]> Scenarios { get; } = new Dictionary<string, string[]>
    {
        ["baileys-pair-qr"] = [],
        ["baileys-text"] = ["send text A->B", "send text B->A", "B reads"],
        ["baileys-text-lid"] = [],
        ["baileys-group"] = ["A creates group", "group text from A", "group text from B", "group text from C", "B reads in group"],
        ["baileys-media"] = [],
        ["baileys-presence"] = ["A subscribes to B", "B unavailable", "B available", "B composing", "B recording", "B paused"],
        ["baileys-relogin"] = [],
        ["baileys-logout-by-client"] = [],
    };

    /// <summary>What our client sent in a scenario.</summary>
    public IReadOnlyList<Node> SentIn(string trace) => _sent[trace];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = _service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = (service.AddPhone("5511900000001", "Ana"), service.AddPhone("5511900000002", "Ben"));
        _ownNumber = ourPhone.PhoneNumber;
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        var store = new InMemoryDeviceStore();
        _mark = service.Trace.Entries[^1].Sequence;

        await using (var client = await RecadoClient.StartAsync(service, store, ct))
        {
            var qr = await client.TakeAsync<QrIssued>(_ => true, ct);
            await ourPhone.ScanAsync(qr.Code, ct);
            await ConnectedAsync(client, ct);
            await WaitForAsync("iq(get w:g2 participating)", ct);
            await ReadSettingsAsync(client, ourPhone, ct);
            await EndAsync(ct, "baileys-pair-qr");

            await ExchangeTextsAsync(client, baileys, theirPhone.PhoneNumber, ct);
            await EndAsync(ct, "baileys-text", "baileys-text-lid");

            await TalkInAGroupAsync(client, baileys, theirPhone, ct);
            await EndAsync(ct, "baileys-group");

            await SendFilesAsync(client, baileys, theirPhone, ct);
            await EndAsync(ct, "baileys-media");

            await ShowPresenceAsync(client, theirPhone, ct);
            await SeenAsync(client, ct);
            await EndAsync(ct, "baileys-presence");
            await client.Client.StopAsync(ct);
        }

        await using (var client = await RecadoClient.StartAsync(service, store, ct))
        {
            await ConnectedAsync(client, ct);
            await service.DropConnectionsAsync(_ownNumber);
            await ConnectedAsync(client, ct);
            await EndAsync(ct, "baileys-relogin");

            await client.Client.LogoutAsync(ct);
            await EndAsync(ct, "baileys-logout-by-client");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task ConnectedAsync(RecadoClient client, CancellationToken ct)
    {
        await client.TakeAsync<StateChanged>(e => e.State == SessionState.Connected, ct);
        await SeenAsync(client, ct);
    }

    /// <summary>Waits until the service has seen all that was sent: stanzas arrive in order, so an answered query comes last.</summary>
    private static Task SeenAsync(RecadoClient client, CancellationToken ct) =>
        client.Client.Contacts.GetInfoAsync(new Jid("5511999999999", JidServer.PhoneNumber), ct);

    /// <summary>The client reads what the phone keeps for all devices, and then a change of it.</summary>
    private async Task ReadSettingsAsync(RecadoClient client, SimulatedPhone phone, CancellationToken ct)
    {
        await WaitForAsync(node => node.Child("sync")?.Children[0]["name"] == "regular_low", ct); // the last one
        await SeenAsync(client, ct);
        phone.SetName("Ana B");
        await client.TakeAsync<PushNameChanged>(e => e.Name == "Ana B", ct);
    }

    private async Task ExchangeTextsAsync(RecadoClient client, BaileysClient baileys, string theirNumber, CancellationToken ct)
    {
        var them = new Jid(theirNumber, JidServer.PhoneNumber);
        await client.Client.SendAsync(new OutgoingMessage(them, new TextContent("one")), ct);
        var one = await baileys.ReceiveAsync("one", ct);
        await baileys.SendTextAsync(one.Chat, "two", ct);
        var two = await client.TakeAsync<MessageReceived>(e => e.Content is TextContent { Text: "two" }, ct);
        await client.Client.MarkReadAsync(two.Envelope.Chat, null, [two.Envelope.Id], ct);

        await WaitForAsync("ack(notification)", ct); // Baileys' token of trust, which the next text carries
        await client.Client.SendAsync(new OutgoingMessage(them, new TextContent("three")), ct);
        var three = await baileys.ReceiveAsync("three", ct);
        await baileys.ReadAsync(three, ct);
        await client.TakeAsync<MessageStatusChanged>(e => e.Status == MessageStatus.Read && e.MessageIds.Contains(three.Id), ct);
    }

    private async Task TalkInAGroupAsync(RecadoClient client, BaileysClient baileys, SimulatedPhone them, CancellationToken ct)
    {
        var made = await client.Client.Groups.CreateAsync("Team", new NewGroup { Participants = [new GroupParticipant(them.Jid)] }, ct);
        var group = made.Info.Jid;
        await baileys.TakeAsync("groups.upsert", null, ct);
        await client.Client.SendAsync(new OutgoingMessage(group, new TextContent("group one")), ct);
        await baileys.ReceiveAsync("group one", ct);
        await baileys.SendTextAsync(group.ToString(), "group two", ct);
        var two = await client.TakeAsync<MessageReceived>(e => e.Content is TextContent { Text: "group two" }, ct);
        await client.Client.MarkReadAsync(group, two.Envelope.Sender, [two.Envelope.Id], ct);
        await client.Client.SendAsync(new OutgoingMessage(group, new TextContent("group three")), ct);
        var three = await baileys.ReceiveAsync("group three", ct);
        await baileys.ReadAsync(three, ct);
        await client.TakeAsync<MessageStatusChanged>(e => e.Status == MessageStatus.Read && e.MessageIds.Contains(three.Id), ct);
    }

    private static async Task SendFilesAsync(RecadoClient client, BaileysClient baileys, SimulatedPhone them, CancellationToken ct)
    {
        Func<MediaReference, MediaContent>[] kinds =
        [
            file => new ImageContent(file) { MimeType = "image/jpeg" },
            file => new DocumentContent(file, "offer.pdf") { MimeType = "application/pdf" },
            file => new AudioContent(file, IsVoiceNote: true) { MimeType = "audio/ogg; codecs=opus" },
        ];
        MediaKind[] uploads = [MediaKind.Image, MediaKind.Document, MediaKind.Audio];
        foreach (var (kind, upload) in kinds.Zip(uploads))
        {
            var file = await client.Client.UploadAsync(new MemoryStream(new byte[1000]), upload, ct);
            var sent = (SendResult.Sent)await client.Client.SendAsync(new OutgoingMessage(them.Jid, kind(file)), ct);
            await baileys.ReceiveByIdAsync(sent.MessageId, ct);
            Assert.Equal(Convert.ToHexStringLower(file.Sha256), await baileys.DownloadAsync(sent.MessageId, ct));
        }
    }

    private static async Task ShowPresenceAsync(RecadoClient client, SimulatedPhone them, CancellationToken ct)
    {
        var presence = client.Client.Presence;
        await presence.SubscribeAsync(them.Jid, ct);
        await presence.SetAvailableAsync(false, ct);
        await presence.SetAvailableAsync(true, ct);
        await presence.SetChatStateAsync(them.Jid, ChatState.Composing, null, ct);
        await presence.SetChatStateAsync(them.Jid, ChatState.Recording, null, ct);
        await presence.SetChatStateAsync(them.Jid, ChatState.Paused, null, ct);
    }

    /// <summary>Ends a scenario, after every kind of stanza that should be in it and every answer has come, and keeps what was sent.</summary>
    private async Task EndAsync(CancellationToken ct, params string[] traces)
    {
        foreach (var kind in traces.SelectMany(ExpectedIn).ToHashSet())
            await WaitForAsync(kind, ct);
        foreach (var asked in _service.Trace.Entries.OfType<StanzaEntry>().Where(NeedsAnswer))
            await WaitForAsync(node => Answers(node, asked.Node), ct);

        var entries = _service.Trace.Entries;
        foreach (var trace in traces)
            _sent[trace] = [.. entries.Where(IsOurs).Select(e => ((StanzaEntry)e).Node)];
        _mark = entries[^1].Sequence;
    }

    private static IEnumerable<string> ExpectedIn(string trace)
    {
        var intended = IntendedDifferences.For(trace);
        return StanzaCatalog.Of(StanzaCatalog.Recorded(trace, Scenarios[trace])).Keys.Where(kind => !intended.Contains($"- {kind}"));
    }

    private Task WaitForAsync(string kind, CancellationToken ct) => WaitForAsync(node => StanzaCatalog.NameOf(node) == kind, ct);

    /// <summary>Waits for a stanza of ours. One that never comes is for the comparison to report.</summary>
    private async Task WaitForAsync(Func<Node, bool> matches, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await _service.Trace.WaitForAsync(e => IsOurs(e) && matches(((StanzaEntry)e).Node), patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }

    private bool NeedsAnswer(StanzaEntry entry) =>
        entry is { Direction: TraceDirection.ToClient, Node.Tag: "message" or "receipt" or "notification" } && entry.Sequence > _mark
        && entry.Connection.StartsWith(_ownNumber, StringComparison.Ordinal);

    /// <summary>A message is answered by a receipt (that of a history's content comes before), everything else by an ack.</summary>
    private static bool Answers(Node answer, Node asked) => answer["id"] == asked["id"] && (asked.Tag == "message"
        ? answer.Tag == "receipt" && answer["type"] != "hist_sync"
        : answer.Tag == "ack" && answer["type"] == asked["type"] && answer["to"] == asked["from"]);

    /// <summary>
    /// Before its login a connection has no number; only ours logs in while a scenario runs. The query of <see cref="SeenAsync"/>
    /// does not count.
    /// </summary>
    private bool IsOurs(TraceEntry entry) =>
        entry is StanzaEntry { Direction: TraceDirection.FromClient } stanza && stanza.Sequence > _mark
        && stanza.Node.Child("usync")?["context"] != "interactive"
        && (stanza.Connection.StartsWith(_ownNumber, StringComparison.Ordinal)
            || stanza.Connection.StartsWith("conn", StringComparison.Ordinal));
}
