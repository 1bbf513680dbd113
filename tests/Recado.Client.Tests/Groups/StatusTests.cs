using Google.Protobuf;
using Recado.Client.Events;
using Recado.Client.Tests.Sessions;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

public sealed class StatusTests : PairedSessionTests
{
    [Fact]
    public async Task Receive_WhenAContactPostsAStatus_IsAMessageOfTheStatusFeed()
    {
        await _session.SendTextAsync(_bruno.Jid, "we know each other now", Ct);

        await _bruno.PostStatusAsync("one", Ct);
        var id = await _bruno.PostStatusAsync("two", Ct);

        var received = await _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);
        Assert.Equal(new TextContent("two"), received.Content);
        Assert.Equal((Jid.StatusBroadcast, _bruno.Lid, _bruno.Jid), (received.Envelope.Chat, received.Envelope.Sender, received.Envelope.PhoneNumber));
        Assert.False(received.Envelope.IsGroup);
    }

    [Fact]
    public async Task Receive_WhenAStatusThatNobodySeesAnyMoreCannotBeRead_LetsItGo()
    {
        await _service.SendStanzaAsync(Status("S1", TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(25)), "5511900000001");
        await _service.SendStanzaAsync(Status("S2", TimeProvider.System.GetUtcNow()), "5511900000001");

        await _service.Trace.WaitForAsync(entry => IsFromClient(entry, "ack", "S2"), Ct);

        Assert.Contains(_service.Trace.Entries, entry => IsFromClient(entry, "receipt", "S2"));
        Assert.DoesNotContain(_service.Trace.Entries, entry => IsFromClient(entry, "receipt", "S1"));
        Assert.Contains(_service.Trace.Entries, entry => IsFromClient(entry, "ack", "S1"));
        Assert.Empty(_session.Events.OfType<MessageUndecryptable>());
    }

    private static bool IsFromClient(TraceEntry entry, string tag, string id) =>
        entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: var node } && node.Tag == tag && node["id"] == id;

    /// <summary>A status under a key that was never given to us.</summary>
    private Node Status(string id, DateTimeOffset at)
    {
        var text = new Message { ExtendedTextMessage = new() { Text = "on the beach" } };
        var key = SenderKeyCipher.CreateDistribution(null, RandomSource.System).Record;
        var encrypted = SenderKeyCipher.Encrypt(key, MessagePadding.Pad(text.ToByteArray(), RandomSource.System), RandomSource.System);
        return new(
            "message",
            [
                ("from", Jid.StatusBroadcast), ("id", id), ("type", "text"), ("t", at.ToUnixTimeSeconds()),
                ("participant", _bruno.Lid), ("participant_pn", _bruno.Jid), ("notify", "Bruno"),
            ],
            new Node("enc", [("v", "2"), ("type", "skmsg")], encrypted.Body));
    }
}
