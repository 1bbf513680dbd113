using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Takes receipts and acks from devices: they settle what was delivered, and receipts travel on to the other side.</summary>
internal sealed class ReceiptRouter(Exchange exchange)
{
    /// <summary>Takes a receipt.</summary>
    /// <returns>The <c>ack</c>.</returns>
    public Node? Take(Device device, Node receipt)
    {
        if (receipt["id"] is not { Length: > 0 } id || !receipt.IsJid("to") || receipt.JidOf("to") is not { } to)
        {
            exchange.Trace.Violation(device.ToString(), "A receipt lacks an id, or its to is not a JID.");
            return null;
        }

        var items = receipt.Child("list")?.ChildrenOf("item").Select(i => i["id"]).OfType<string>() ?? [];
        foreach (var settled in items.Prepend(id))
        {
            if (device.Queue.SettleByReceipt(settled, to, receipt.JidOf("participant"), receipt["type"]) == AckOutcome.Mismatched)
                exchange.Trace.Violation(device.ToString(), $"The receipt for {settled} is not addressed to the device that sent the message.");
        }

        Forward(device, receipt, to);
        return new Node("ack", [("class", "receipt"), ("id", id), ("from", to), ("type", receipt["type"]), ("participant", receipt.JidOf("participant"))]);
    }

    /// <summary>Takes an ack.</summary>
    public void TakeAck(Device device, Node ack)
    {
        if (ack["class"] is null || ack["id"] is null || !ack.IsJid("to"))
        {
            exchange.Trace.Violation(device.ToString(), "An ack lacks its class or id, or its to is not a JID.");
            return;
        }

        if (device.Queue.SettleByAck(ack) == AckOutcome.Mismatched)
            exchange.Trace.Violation(device.ToString(), $"The ack of {ack["class"]} {ack["id"]} has another to, participant or type than the stanza.");
        if (ack["error"] is { } error)
            exchange.Trace.Note(device.ToString(), $"The device answers {ack["class"]} {ack["id"]} with error {error}.");
    }

    private void Forward(Device device, Node receipt, Jid to)
    {
        var isShared = to.IsGroup || to.IsBroadcast;
        if (isShared && !receipt.IsJid("participant"))
        {
            exchange.Trace.Violation(device.ToString(), "The participant of a receipt for a group is missing or not a JID.");
            return;
        }

        var author = isShared ? receipt.RequiredJid("participant") : to;
        if (exchange.Accounts.Find(author) is not { } account)
            return;

        var type = receipt["type"];
        var forwarded = Forwarded(device, receipt, isShared ? to : null, author.IsLid ? Addressing.Lid : Addressing.PhoneNumber);
        switch (type)
        {
            case "retry":
                Retry(device, receipt, exchange.Accounts.FindDevice(author), forwarded);
                break;
            case "sender":
                if (exchange.Accounts.FindDevice(author) is { } sender && sender.Account == device.Account)
                    exchange.Delivery.Deliver(sender, forwarded);
                break;
            case "peer_msg" or "hist_sync" or "server-error":
                exchange.Delivery.Deliver(device.Account.Primary, forwarded);
                break;
            case null or "inactive" or "read" or "read-self" or "played" or "played-self":
                Inform(device, account, author, type, forwarded);
                break;
            default:
                exchange.Trace.Note(device.ToString(), $"A receipt of type '{type}' is not forwarded.");
                break;
        }
    }

    /// <summary>The receipt as others get it: from the device, or from the group with the device as its participant.</summary>
    private Node Forwarded(Device device, Node receipt, Jid? group, Addressing addressing)
    {
        var name = device.JidAs(addressing);
        NodeAttribute[] attributes =
        [
            ("id", receipt["id"]), ("from", group ?? name), ("participant", group is null ? null : name), ("type", receipt["type"]), ("t", exchange.NowText),
        ];
        return receipt.Children.Count == 0 ? new Node("receipt", attributes) : new Node("receipt", attributes, [.. receipt.Children]);
    }

    /// <summary>A request for a retry goes to the sending device alone; keys in it count as handed out to that device.</summary>
    private void Retry(Device device, Node receipt, Device? sender, Node forwarded)
    {
        if (sender is null)
            return;

        if (receipt.Child("retry") is not { } retry || retry["id"] != receipt["id"] || receipt.Child("registration") is not { Bytes.Length: 4 }
            || !int.TryParse(retry["count"], CultureInfo.InvariantCulture, out var count))
        {
            exchange.Trace.Violation(device.ToString(), "A retry receipt lacks its retry, its count or its registration.");
            return;
        }

        if (receipt.Child("keys") is not null && !NoteKeys(device, receipt, sender))
            return;

        sender.Sent.OpenRetry(receipt["id"]!, device.ToString(), count);
        exchange.Delivery.Deliver(sender, forwarded);
    }

    private bool NoteKeys(Device device, Node receipt, Device sender)
    {
        try
        {
            var bundle = PreKeyBundleNodes.Parse(receipt);
            device.Keys.SignedIds.Add(bundle.SignedPreKeyId);
            if (bundle.PreKeyId is { } id)
                device.Keys.HandOut(id, sender.ToString());

            return true;
        }
        catch (ProtocolException e)
        {
            exchange.Trace.Violation(device.ToString(), $"The keys of a retry receipt are malformed: {e.Message}");
            return false;
        }
    }

    /// <summary>A delivery or read receipt goes to every device of the other side; reading is shown to the own devices as well.</summary>
    private void Inform(Device device, Account account, Jid author, string? type, Node forwarded)
    {
        if (account != device.Account && type is not ("read-self" or "played-self"))
        {
            foreach (var other in account.Devices.Values)
            {
                exchange.Delivery.Deliver(other, forwarded);
            }
        }

        if (type is null or "inactive")
            return;

        var mirrored = forwarded.With(("recipient", author.ToUser()));
        foreach (var own in device.Account.Devices.Values.Where(d => d != device))
        {
            exchange.Delivery.Deliver(own, mirrored);
        }
    }
}
