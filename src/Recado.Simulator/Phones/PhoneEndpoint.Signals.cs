using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Calls;
using Recado.Protocol.Crypto;
using Recado.Protocol.Presence;

namespace Recado.Simulator.Phones;

/// <summary>Calls, presence and chat states, both ways.</summary>
internal sealed partial class PhoneEndpoint
{
    private const int MaxSignals = 5_000;

    public Journal<PhoneChatState> ChatStates { get; } = new(MaxSignals);

    public Journal<PhonePresence> Presences { get; } = new(MaxSignals);

    public Journal<PhoneCall> Calls { get; } = new(MaxSignals);

    /// <summary>Rings at every device of the callee.</summary>
    /// <returns>The id of the call.</returns>
    public string Call(Jid to, bool isVideo, Jid? group)
    {
        var id = Convert.ToHexString(_exchange.Random.Bytes(16));
        NodeAttribute[] about = [("call-id", id), ("call-creator", Account.LidJid), ("type", group is null ? null : "group"), ("group-jid", group)];
        Node[] media = isVideo ? [Audio(), new Node("video", [("dec", "vp8")])] : [Audio()];
        SendCall(to, new Node("offer", about, media));
        return id;

        static Node Audio() => new("audio", [("enc", "opus"), ("rate", "16000")]);
    }

    /// <summary>Takes, rejects or ends a call.</summary>
    /// <exception cref="SimulatorException">The phone knows no such call.</exception>
    public void SignalCall(string tag, string callId, string? reason)
    {
        var known = Calls.Items.LastOrDefault(c => c.CallId == callId && c.Signal == "offer") ?? throw new SimulatorException($"The phone knows no call {callId}.");
        var creator = Jid.Parse(known.Creator);
        var to = creator == Account.LidJid ? Jid.Parse(known.From) : creator;
        SendCall(to, new Node(tag, [("call-id", callId), ("call-creator", creator), ("count", tag == "reject" ? "0" : null), ("reason", reason)]));
    }

    private void SendCall(Jid to, Node news)
    {
        var stanza = new Node("call", [("id", _exchange.NewId()), ("to", to)], [news]);
        if (_exchange.Calls.Take(Device, stanza) is null)
            throw new SimulatorException("The service does not take the call; the trace says why.");

        // The caller's phone knows its own call, under the callee's name.
        if (news.Tag == "offer")
            Note(new Node("call", [("from", to)], [news]));
    }

    private void Note(Node call)
    {
        if (CallStanzas.Parse(call) is { } news)
        {
            Calls.Add(new PhoneCall(
                news.CallId, news.Signal.ToString().ToLowerInvariant(), news.From.ToString(), news.Creator.ToString(), news.Reason, news.IsVideo, _exchange.Now));
        }
    }

    private void ReceivePresence(Node stanza)
    {
        var presence = PresenceStanzas.ParsePresence(stanza);
        Presences.Add(new PhonePresence(presence.From.ToString(), presence.IsAvailable, presence.LastSeen, _exchange.Now));
    }

    private void ReceiveChatState(Node stanza)
    {
        if (PresenceStanzas.ParseChatState(stanza) is { } state)
            ChatStates.Add(new PhoneChatState(state.Sender.ToString(), state.State.ToString().ToLowerInvariant(), _exchange.Now));
    }
}
