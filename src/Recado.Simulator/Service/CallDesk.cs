using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Calls, as far as devices hear of them: phones call, take and hang up, companions only reject.</summary>
internal sealed class CallDesk(Exchange exchange)
{
    private const int MaxCalls = 1_000;

    private readonly Dictionary<string, Call> _calls = [];
    private readonly Queue<string> _order = new();

    /// <summary>Takes a call stanza.</summary>
    /// <returns>The <c>ack</c>; <see langword="null"/> when it makes no sense.</returns>
    public Node? Take(Device device, Node stanza)
    {
        if (stanza["id"] is not { Length: > 0 } || !stanza.IsJid("to") || stanza.Children is not [{ } news] || news["call-id"] is not { Length: > 0 } callId
            || !news.IsJid("call-creator"))
            return Refuse(device, "A call lacks its id, its to or what it is about.");

        if (news.Tag == "offer" && device.IsPhone)
            Offer(device, stanza, news, callId);
        else if (!_calls.TryGetValue(callId, out var call) || call.Creator != news.RequiredJid("call-creator"))
            return Refuse(device, $"A '{news.Tag}' names no call, or another caller than the call has.");
        else if (device != call.Caller && (device.Account != call.Callee || stanza.RequiredJid("to").ToUser() != call.Creator.ToUser()))
            return Refuse(device, $"A '{news.Tag}' is about somebody else's call, or not addressed to the caller.");
        else if (!(news.Tag == "reject" && device != call.Caller) && !(news.Tag is "accept" or "terminate" && device.IsPhone))
            return Refuse(device, $"A device says '{news.Tag}', which is not for it to say.");
        else if (!call.IsOver)
            Tell(device, call, news);

        return new Node("ack", [("class", "call"), ("id", stanza["id"]), ("type", news.Tag), ("from", stanza.RequiredJid("to"))]);
    }

    private void Offer(Device caller, Node stanza, Node offer, string callId)
    {
        if (exchange.Accounts.Find(stanza.RequiredJid("to")) is not { } callee)
            throw new SimulatorException("Nobody has the number that is called.");

        var call = new Call(callId, caller, callee, offer.RequiredJid("call-creator"));
        _calls[callId] = call;
        _order.Enqueue(callId);
        if (_order.Count > MaxCalls)
            _calls.Remove(_order.Dequeue());
        if (Visibility.Blocks(callee, caller.Account))
            return; // it rings at the caller's side only

        foreach (var device in callee.Devices.Values)
        {
            Send(device, call, offer);
        }
    }

    private void Tell(Device device, Call call, Node news)
    {
        call.IsOver = news.Tag != "accept";
        if (device == call.Caller)
        {
            foreach (var callee in call.Callee.Devices.Values)
            {
                Send(callee, call, news);
            }

            return;
        }

        // One device of the callee decides for all.
        exchange.Delivery.Deliver(call.Caller, Stanza(device.JidAs(Addressing.Lid), device.Account, news));
        var elsewhere = new Node("terminate", [("call-id", call.Id), ("call-creator", call.Creator), ("reason", $"{news.Tag}ed_elsewhere")]);
        foreach (var other in call.Callee.Devices.Values.Where(d => d != device && news.Tag != "terminate"))
        {
            Send(other, call, elsewhere);
        }
    }

    private void Send(Device device, Call call, Node news) => exchange.Delivery.Deliver(device, Stanza(call.Creator, call.Caller.Account, news));

    private Node Stanza(Jid from, Account author, Node news) => new("call",
        [
            ("from", from), ("id", exchange.NewId()), ("t", exchange.NowText), ("notify", author.Name), ("platform", "android"), ("version", "2.26.1"),
        ],
        [news.Tag == "offer" ? Ringing(news, author) : news]);

    /// <summary>Of a group's call one is given notice only.</summary>
    private static Node Ringing(Node offer, Account caller) => offer["group-jid"] is null
        ? offer.With(("caller_pn", caller.PhoneJid))
        : new Node("offer_notice", [.. offer.Attributes, ("media", offer.Child("video") is null ? "audio" : "video"), ("caller_pn", caller.PhoneJid)]);

    private Node? Refuse(Device device, string sentence)
    {
        exchange.Trace.Violation(device.ToString(), sentence);
        return null;
    }

    private sealed record Call(string Id, Device Caller, Account Callee, Jid Creator)
    {
        public bool IsOver { get; set; }
    }
}
