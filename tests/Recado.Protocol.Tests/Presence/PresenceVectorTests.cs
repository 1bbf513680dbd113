using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Presence;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Presence;

/// <summary>Replays <c>stanza-presence</c>.</summary>
public sealed class PresenceVectorTests
{
    private static readonly Jid Lid = Jid.Parse("200000000000001@lid");
    private static readonly Jid Phone = Jid.Parse("15550100001@s.whatsapp.net");
    private static readonly Jid Group = Jid.Parse("120363000000000001@g.us");
    private static readonly Jid OwnLid = Jid.Parse("200000000000099:12@lid");
    private static readonly Jid OwnPhone = Jid.Parse("15550109999:12@s.whatsapp.net");

    private static PresenceVectors Vectors => VectorFile.Load<PresenceVectors>("stanzas/stanza-presence.json");

    public static TheoryData<string> Incoming => [.. Vectors.Incoming.Select(vector => vector.Name)];

    public static TheoryData<string> Outgoing => [.. Vectors.Outgoing.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Incoming))]
    public void Parse_WhenReplayed_SaysWhatWasRecorded(string name)
    {
        var vector = Vectors.Incoming.Single(vector => vector.Name == name);
        var (node, expected) = (vector.Node.ToNode(), vector.Normalized);

        if (expected.Kind == "presence")
        {
            var lastSeen = expected.LastSeen is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null;
            Assert.Equal(new PresenceUpdate(Jid.Parse(expected.From!), expected.Unavailable is false, lastSeen, expected.Count), PresenceStanzas.ParsePresence(node));
        }
        else
        {
            var state = (expected.State, expected.Media) switch
            {
                ("composing", "audio") => ChatState.Recording,
                ("composing", _) => ChatState.Composing,
                _ => ChatState.Paused,
            };
            Assert.Equal(new ChatStateUpdate(Jid.Parse(expected.Chat!), Jid.Parse(expected.Sender!), state), PresenceStanzas.ParseChatState(node));
        }

        Assert.Equal(JsonValueKind.Array, vector.BaileysEvents.ValueKind);
        Assert.Empty(vector.BaileysSent);
    }

    [Theory]
    [MemberData(nameof(Outgoing))]
    public void Stanza_WhenReplayed_IsTheRecordedOne(string name)
    {
        var recorded = Vectors.Outgoing.Single(vector => vector.Name == name).Request[^1].ToNode();

        var stanza = name switch
        {
            "available" => PresenceStanzas.Own(isAvailable: true, "Test Shop"),
            "unavailable" => PresenceStanzas.Own(isAvailable: false, "Test@ Shop"),
            "composing to lid" => PresenceStanzas.Chat(Lid, ChatState.Composing, OwnLid),
            "composing to pn" => PresenceStanzas.Chat(Phone, ChatState.Composing, OwnPhone),
            "recording" => PresenceStanzas.Chat(Group, ChatState.Recording, OwnPhone),
            "paused" => PresenceStanzas.Chat(Group, ChatState.Paused, OwnPhone),
            "subscribe without token" => PresenceStanzas.Subscribe("<id>", Jid.Parse("15550100002@s.whatsapp.net")),
            "subscribe with tctoken" => PresenceStanzas.Subscribe("<id>", Phone, new(Convert.FromHexString("0102030405060708090a"), DateTimeOffset.FromUnixTimeSeconds(1_795_426_872))),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no stanza for this vector."),
        };

        Assert.Equal(StanzaVector.Shape(recorded), StanzaVector.Shape(stanza));
    }

    [Fact]
    public void Parse_WhenMutilated_FailsTyped()
    {
        foreach (var vector in Vectors.Incoming)
        {
            StanzaMutilations.AssertTyped(vector.Node.ToNode(), node => PresenceStanzas.ParsePresence(node));
            StanzaMutilations.AssertTyped(vector.Node.ToNode(), node => PresenceStanzas.ParseChatState(node));
        }
    }

    [Fact]
    public void ParseChatState_WhenTheStateIsUnknown_IsNothing() =>
        Assert.Null(PresenceStanzas.ParseChatState(new Node("chatstate", [("from", Lid)], new Node("dancing"))));

    internal sealed record PresenceVectors(string Description, IReadOnlyList<IncomingVector> Incoming, IReadOnlyList<OutgoingVector> Outgoing);

    internal sealed record IncomingVector(
        string Name, StanzaVector Node, JsonElement BaileysEvents, IReadOnlyList<StanzaVector> BaileysSent, NormalizedVector Normalized);

    internal sealed record OutgoingVector(string Name, IReadOnlyList<StanzaVector> Request);

    internal sealed record NormalizedVector(
        string Kind,
        string? From = null,
        bool? Unavailable = null,
        long? LastSeen = null,
        int? Count = null,
        string? Chat = null,
        string? Sender = null,
        string? State = null,
        string? Media = null);
}
