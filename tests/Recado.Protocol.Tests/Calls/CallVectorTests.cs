using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Calls;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Calls;

/// <summary>Replays <c>stanza-calls</c>.</summary>
public sealed class CallVectorTests
{
    private static readonly Jid Caller = Jid.Parse("200000000000001@lid");

    private static CallVectors Vectors => VectorFile.Load<CallVectors>("stanzas/stanza-calls.json");

    public static TheoryData<string> Names => [.. Vectors.Incoming.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_WhenReplayed_SaysWhatWasRecorded(string name)
    {
        var vector = Vectors.Incoming.Single(vector => vector.Name == name);
        var recorded = vector.BaileysEvents[0].GetProperty("data")[0];

        var call = CallStanzas.Parse(vector.Node.ToNode());

        Assert.NotNull(call);
        Assert.Equal(Signal(recorded.GetProperty("status").GetString()!), call.Signal);
        Assert.Equal(recorded.GetProperty("id").GetString(), call.CallId);
        Assert.Equal(Caller, call.From);
        Assert.Equal(Caller, call.Creator);
        Assert.Equal(recorded.GetProperty("date").GetDateTimeOffset(), call.At);
        Assert.Equal(recorded.GetProperty("offline").GetBoolean(), call.IsOffline);
        if (call.Signal == CallSignal.Offer)
        {
            Assert.Equal(recorded.GetProperty("isVideo").GetBoolean(), call.IsVideo);
            Assert.Equal(recorded.GetProperty("isGroup").GetBoolean(), call.IsGroup);
            Assert.Equal(recorded.TryGetProperty("callerPn", out var phone) ? phone.GetString() : null, call.CallerPhoneNumber?.ToString());
            Assert.Equal(recorded.TryGetProperty("groupJid", out var group) ? group.GetString() : null, call.Group?.ToString());
        }

        Assert.Equal("ack", Assert.Single(vector.BaileysSent).Tag);
    }

    [Fact]
    public void Parse_WhenACallEnds_SaysWhy()
    {
        var vector = Vectors.Incoming.Single(vector => vector.Name == "terminate, timeout");

        Assert.Equal("timeout", CallStanzas.Parse(vector.Node.ToNode())?.Reason);
        Assert.Null(CallStanzas.Parse(new Node("call", [("from", Caller)])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_WhenMutilated_FailsTyped(string name) =>
        StanzaMutilations.AssertTyped(Vectors.Incoming.Single(vector => vector.Name == name).Node.ToNode(), node => CallStanzas.Parse(node));

    [Fact]
    public void Reject_WhenReplayed_IsTheRecordedStanza()
    {
        var vector = Assert.Single(Vectors.Outgoing);
        var call = new CallUpdate(CallSignal.Offer, "CALL1", Caller, Caller);

        var stanza = CallStanzas.Reject("<id>", Jid.Parse("15550109999:12@s.whatsapp.net"), call);

        Assert.Equal(StanzaVector.Shape(Assert.Single(vector.Request).ToNode()), StanzaVector.Shape(stanza));
        Assert.Equal("ack", vector.Response.Tag);
    }

    private static CallSignal Signal(string status) => status switch
    {
        "offer" => CallSignal.Offer,
        "accept" => CallSignal.Accept,
        "reject" => CallSignal.Reject,
        "timeout" => CallSignal.Terminate,
        "relaylatency" => CallSignal.Negotiation,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, message: null),
    };

    internal sealed record CallVectors(string Description, IReadOnlyList<IncomingVector> Incoming, IReadOnlyList<OutgoingVector> Outgoing);

    internal sealed record IncomingVector(string Name, StanzaVector Node, JsonElement BaileysEvents, IReadOnlyList<StanzaVector> BaileysSent);

    internal sealed record OutgoingVector(string Name, IReadOnlyList<StanzaVector> Request, StanzaVector Response);
}
