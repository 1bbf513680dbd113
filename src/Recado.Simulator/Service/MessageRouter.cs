using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Service;

/// <summary>Takes messages from devices, refuses the wrong ones, and hands each <c>enc</c> to its device.</summary>
internal sealed class MessageRouter(Exchange exchange)
{
    public MessageRules Rules { get; } = new(exchange);

    /// <summary>Takes a message.</summary>
    /// <param name="sender">The device that sent it.</param>
    /// <param name="message">The stanza.</param>
    /// <param name="fingerprint">Fingerprint of its bytes: a repeat is answered by the first ack, other bytes under the id are a mistake.</param>
    /// <returns>The <c>ack</c>, or <see langword="null"/> when none is to be sent.</returns>
    public Node? Take(Device sender, Node message, ulong fingerprint)
    {
        if (message["id"] is not { Length: > 0 } id || !message.IsJid("to") || message.JidOf("to") is not { } to)
            return Refuse(sender, message, new Refusal(479, "A message lacks an id, or its to is not a JID."));

        var isRetry = message.Child("enc")?["count"] is not null && message["category"] is null;
        if (!isRetry && sender.Sent.Find(id) is { } earlier)
        {
            if (earlier.Fingerprint == fingerprint)
                return earlier.Ack;

            return Refuse(sender, message, new Refusal(479, $"The message id {id} was used before, for other bytes."));
        }

        if (!sender.IsPhone && exchange.Faults.Take(FaultKind.Nack, sender.Account.Phone) is { } nack)
            return Ack(message, to, ("error", nack.Code ?? 500));

        if (message["type"] is not { } type || !MessageRules.Types.Contains(type))
            return Refuse(sender, message, new Refusal(479, $"A message has the type '{message["type"]}'."));

        var (refusal, deliveries, hash) = to.IsGroup || to.IsStatusBroadcast
            ? exchange.GroupMessages.Take(sender, message, to, isRetry)
            : TakeDirect(sender, message, to, isRetry);
        if (refusal is not null && (exchange.Options.Strict || deliveries is null))
            return Refuse(sender, message, refusal);
        if (refusal is { IsViolation: true })
            exchange.Trace.Violation(sender.ToString(), refusal.Sentence);

        foreach (var (device, stanza) in deliveries!)
        {
            if (to.IsGroup || !Visibility.Blocks(device.Account, sender.Account))
                exchange.Delivery.Deliver(device, stanza);
        }

        if (!sender.IsPhone && exchange.Faults.Take(FaultKind.WrongHash, sender.Account.Phone) is not null)
            hash = DeviceRegistry.Hash([], Addressing.Lid);

        var ack = Ack(message, to, ("phash", hash));
        if (!isRetry)
            sender.Sent.Accept(id, fingerprint, ack);

        return !sender.IsPhone && exchange.Faults.Take(FaultKind.DropAck, sender.Account.Phone) is not null ? null : ack;
    }

    private Dispatch TakeDirect(Device sender, Node message, Jid to, bool isRetry)
    {
        var route = isRetry ? Route.Retry : message["category"] == "peer" ? Route.Peer : Route.FanOut;
        var refusal = Rules.Check(sender, message, to, route, out var copies);
        return copies is null
            ? new Dispatch(refusal)
            : new Dispatch(
                refusal, copies.Select(c => (c.Device, For(c.Device, c.Enc, sender, message, to))),
                route == Route.FanOut ? HashIfIncomplete(sender, to, copies) : null);
    }

    private Node Refuse(Device sender, Node message, Refusal refusal)
    {
        if (refusal.IsViolation)
            exchange.Trace.Violation(sender.ToString(), refusal.Sentence);
        else
            exchange.Trace.Note(sender.ToString(), refusal.Sentence);

        return Ack(message, message.JidOf("to") ?? Jid.Service, ("error", refusal.Code));
    }

    private Node Ack(Node message, Jid to, NodeAttribute extra) =>
        new("ack",
            [("class", "message"), ("id", message["id"]), ("from", to), ("participant", message.JidOf("participant")), ("t", exchange.NowText), extra]);

    /// <summary>The service's own hash when the sender has not named every device of both accounts.</summary>
    private string? HashIfIncomplete(Device sender, Jid to, IReadOnlyList<(Device Device, Node Enc)> copies)
    {
        var peer = exchange.Accounts.Find(to)!;
        var accounts = peer == sender.Account ? [peer] : new[] { peer, sender.Account };
        return copies.Count == accounts.Sum(a => a.Devices.Count) - 1
            ? null
            : DeviceRegistry.Hash(accounts, to.IsLid ? Addressing.Lid : Addressing.PhoneNumber);
    }

    /// <summary>The stanza as one device gets it.</summary>
    private Node For(Device device, Node enc, Device sender, Node message, Jid to)
    {
        var addressing = to.IsLid ? Addressing.Lid : Addressing.PhoneNumber;
        var other = to.IsLid ? Addressing.PhoneNumber : Addressing.Lid;
        var isPeer = message["category"] == "peer";
        var isOwn = device.Account == sender.Account;

        List<NodeAttribute> attributes =
        [
            ("from", sender.JidAs(addressing)), ("id", message["id"]), ("type", message["type"]), ("t", exchange.NowText),
            ("notify", sender.Account.Name), ("category", message["category"]), ("push_priority", message["push_priority"]), ("edit", message["edit"]),
        ];
        if (!isPeer && isOwn)
        {
            // A retry answer to an own device names the device in its to; the chat is in its recipient.
            var chat = (message.JidOf("recipient") ?? to).ToUser();
            attributes.Add(("recipient", chat));
            attributes.Add((other == Addressing.Lid ? "peer_recipient_lid" : "peer_recipient_pn", exchange.Accounts.Find(chat)?.JidAs(other)));
        }
        else if (!isPeer)
        {
            attributes.Add((other == Addressing.Lid ? "sender_lid" : "sender_pn", sender.Account.JidAs(other)));
        }

        List<Node> children = [enc];
        if (enc["type"] == "pkmsg" && message.Child("device-identity") is { } identity)
            children.Add(identity);

        children.AddRange(message.Children.Where(c => c.Tag is "meta" or "reporting" or "biz"));
        if (!isOwn)
        {
            sender.Account.Contacts.Add(device.Account.Phone);
            device.Account.Contacts.Add(sender.Account.Phone);
        }

        return new Node("message", attributes, children);
    }
}

/// <summary>The three kinds of message a device sends.</summary>
internal enum Route
{
    /// <summary>To all devices of the recipient and the own ones.</summary>
    FanOut,

    /// <summary>To the own phone.</summary>
    Peer,

    /// <summary>To one device that asked for it again.</summary>
    Retry,
}

/// <summary>Why a message is not taken.</summary>
/// <param name="Code">The <c>error</c> of the ack.</param>
/// <param name="Sentence">What is wrong, for the trace.</param>
/// <param name="IsViolation">Whether the client should have known better.</param>
internal sealed record Refusal(int Code, string Sentence, bool IsViolation = true);
