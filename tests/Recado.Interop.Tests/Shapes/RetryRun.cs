using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Interop.Tests.Harness;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests.Shapes;

/// <summary>Our client and Baileys, each of whom cannot read what the other writes until it is sent again.</summary>
public sealed class RetryRun : IAsyncLifetime
{
    /// <summary>The recordings, and whether they are of a group. The second of those that are not goes on where the first ends.</summary>
    public static IReadOnlyDictionary<string, (string[] Traces, bool IsGroup)> Recordings { get; } = new Dictionary<string, (string[], bool)>
    {
        ["baileys-retry"] = (["baileys-retry", "baileys-retry-keys"], false),
        ["baileys-retry-group"] = (["baileys-retry-group"], true),
    };

    private readonly List<Node> _sent = [];

    /// <summary>The retry receipts of our client and its answers to those of others.</summary>
    public IReadOnlyList<Node> Sent(bool inGroup) => [.. _sent.Where(node => IsOfGroup(node) == inGroup)];

    /// <summary>Whether a stanza asks for a message again, or answers that.</summary>
    public static bool IsRetry(Node node) =>
        node is { Tag: "receipt" } && node["type"] == "retry" || (node.Tag == "message" && node.ChildrenOf("enc").Any(enc => enc["count"] is not null));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (ourPhone, theirPhone) = (service.AddPhone("5511900000001", "Ana"), service.AddPhone("5511900000002", "Ben"));
        await using var baileys = await BaileysClient.PairAsync(service, theirPhone, ct);
        var store = new InMemoryDeviceStore();
        Jid group;
        await using (var client = await RecadoClient.StartAsync(service, store, ct))
        {
            var qr = await client.TakeAsync<QrIssued>(_ => true, ct);
            await ourPhone.ScanAsync(qr.Code, ct);
            await client.TakeAsync<StateChanged>(e => e.State == SessionState.Connected, ct);
            var chat = await SayAsync(client, baileys, theirPhone.Jid, "first", ct);
            await AnswerAsync(client, baileys, chat, "second", ct);

            await baileys.ForgetAsync("session", ct);
            await SayAsync(client, baileys, theirPhone.Jid, "after the loss", ct);
            service.Faults.Add(new Fault(FaultKind.Corrupt, Count: 2, Phone: theirPhone.PhoneNumber));
            await SayAsync(client, baileys, theirPhone.Jid, "damaged twice", ct);
            service.Faults.Add(new Fault(FaultKind.Corrupt, Count: 2, Phone: ourPhone.PhoneNumber));
            await AnswerAsync(client, baileys, chat, "damaged twice as well", ct);

            group = (await client.Client.Groups.CreateAsync("Team", new NewGroup { Participants = [new GroupParticipant(theirPhone.Jid)] }, ct)).Info.Jid;
            await baileys.TakeAsync("groups.upsert", null, ct);
            await SayAsync(client, baileys, group, "first in the group", ct);
            await AnswerAsync(client, baileys, group.ToString(), "second in the group", ct);
            await client.Client.StopAsync(ct);
        }

        var changes = new DeviceChanges();
        foreach (var record in await store.ListAsync(DeviceRecordKind.SenderKey, $"{group}/", ct))
            changes.Delete(record.Key);
        await store.CommitAsync(changes, ct);
        await using (var client = await RecadoClient.StartAsync(service, store, ct))
        {
            await client.TakeAsync<StateChanged>(e => e.State == SessionState.Connected, ct);
            await AnswerAsync(client, baileys, group.ToString(), "in the group, after the loss", ct);

            await SayAsync(client, baileys, group, "under the next key", ct);

            // Baileys loses its own key with the others' and does not give the next one to anybody, so this comes last.
            await baileys.ForgetAsync("sender-key", ct);
            await SayAsync(client, baileys, group, "and the other way", ct);
        }

        Peace.AssertKept(service);
        _sent.AddRange(service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Connection.StartsWith(ourPhone.PhoneNumber, StringComparison.Ordinal) && IsRetry(entry.Node))
            .Select(entry => entry.Node));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What some recordings hold of this.</summary>
    public static IEnumerable<Node> Recorded(IEnumerable<string> traces) => traces.SelectMany(trace => StanzaCatalog.Recorded(trace, [])).Where(IsRetry);

    /// <returns>Our account as Baileys names its chat.</returns>
    private static async Task<string> SayAsync(RecadoClient client, BaileysClient baileys, Jid to, string text, CancellationToken ct)
    {
        Assert.IsType<SendResult.Sent>(await client.Client.SendAsync(new OutgoingMessage(to, new TextContent(text)), ct));
        return (await baileys.ReceiveAsync(text, ct)).Chat;
    }

    private static async Task AnswerAsync(RecadoClient client, BaileysClient baileys, string chat, string text, CancellationToken ct)
    {
        await baileys.SendTextAsync(chat, text, ct);
        await client.TakeAsync<MessageReceived>(e => e.Content is TextContent received && received.Text == text, ct);
    }

    private static bool IsOfGroup(Node node) => node["participant"] is not null;
}
