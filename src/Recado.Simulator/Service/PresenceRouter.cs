using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Presence and chat states. Nothing of it is queued.</summary>
internal sealed class PresenceRouter(Exchange exchange)
{
    public void Take(Device device, Node presence)
    {
        switch (presence["type"])
        {
            case "subscribe":
                Subscribe(device, presence);
                break;
            case "available" or "unavailable":
                device.Available = presence["type"] == "available";
                Announce(device.Account);
                break;
            case null:
                break; // a new name, or nothing at all: one client library sends both
            default:
                exchange.Trace.Violation(device.ToString(), $"A presence has the type '{presence["type"]}'.");
                break;
        }
    }

    /// <summary>A device has gone; so may have the account.</summary>
    public void Left(Device device)
    {
        if (!device.Available)
            return;

        device.Available = false;
        Announce(device.Account);
    }

    public void TakeChatState(Device device, Node state)
    {
        if (!state.IsJid("to") || state.JidOf("to") is not { } to)
        {
            exchange.Trace.Violation(device.ToString(), "The to of a chatstate is not a JID.");
            return;
        }

        var from = device.Account.JidAs(to.IsLid ? Addressing.Lid : Addressing.PhoneNumber);
        foreach (var companion in exchange.Accounts.Find(to)?.Companions ?? [])
        {
            Delivery.Announce(companion, new Node("chatstate", [("from", from)], [.. state.Children]));
        }
    }

    private void Subscribe(Device device, Node presence)
    {
        if (!presence.IsJid("to") || presence.JidOf("to") is not { } to || exchange.Accounts.Find(to) is not { } account)
            return;

        account.Subscribers.Add(device);
        Delivery.Announce(device, Presence(account, to));
    }

    private void Announce(Account account)
    {
        if (!account.Companions.Any(d => d.Available))
            account.LastSeen = exchange.Now;

        foreach (var subscriber in account.Subscribers)
        {
            Delivery.Announce(subscriber, Presence(account, account.PhoneJid));
        }
    }

    private static Node Presence(Account account, Jid from)
    {
        var available = account.Companions.Any(d => d.Available);
        return new Node("presence",
        [
            ("from", from.ToUser()), ("type", available ? null : "unavailable"),
            ("last", available ? null : account.LastSeen?.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "deny"),
        ]);
    }
}
