using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Presence and chat states. Nothing of it is queued, and companions hear of it only while they are available themselves.</summary>
internal sealed class PresenceRouter(Exchange exchange)
{
    private const string Available = "available", Unavailable = "unavailable";

    public void Take(Device device, Node presence)
    {
        switch (presence["type"])
        {
            case "subscribe":
                Subscribe(device, presence);
                break;
            case Available or Unavailable when string.IsNullOrEmpty(presence["name"]):
                exchange.Trace.Violation(device.ToString(), "A presence comes without the account's name.");
                break;
            case Available or Unavailable:
                Change(device, presence["type"] == Available);
                break;
            case null:
                break; // a new name, or nothing at all: one client library sends both
            default:
                exchange.Trace.Violation(device.ToString(), $"A presence has the type '{presence["type"]}'.");
                break;
        }
    }

    /// <summary>A device has gone: its subscriptions end, and its account may have gone with it.</summary>
    public void Left(Device device)
    {
        foreach (var watched in device.Watched.Keys)
        {
            watched.Subscribers.Remove(device);
        }

        device.Watched.Clear();
        Change(device, isAvailable: false);
    }

    public void TakeChatState(Device device, Node state)
    {
        if (Problem(device, state) is { } problem)
        {
            exchange.Trace.Violation(device.ToString(), problem);
            return;
        }

        var to = state.RequiredJid("to");
        if (exchange.Accounts.Find(to) is not { } account || Visibility.Blocks(account, device.Account))
            return;

        var forwarded = new Node("chatstate", [("from", device.Account.JidAs(to.IsLid ? Addressing.Lid : Addressing.PhoneNumber))], [.. state.Children]);
        foreach (var other in account.Devices.Values)
        {
            Announce(other, forwarded);
        }
    }

    private static string? Problem(Device device, Node state)
    {
        if (!state.IsJid("to"))
            return "The to of a chatstate is not a JID.";
        if (state.JidOf("from") is { } from && from.ToUser() != device.Account.PhoneJid && from.ToUser() != device.Account.LidJid)
            return "A chatstate comes in another account's name.";

        return state.Children is [{ Tag: "composing" } or { Tag: "paused" }] ? null : "A chatstate holds something else than one state.";
    }

    private void Change(Device device, bool isAvailable)
    {
        if (device.Available == isAvailable)
            return;

        device.Available = isAvailable;
        var account = device.Account;
        if (!IsAvailable(account))
            account.LastSeen = exchange.Now;

        foreach (var subscriber in account.Subscribers)
        {
            Announce(subscriber, Presence(account, subscriber));
        }

        foreach (var watched in isAvailable ? device.Watched.Keys : Enumerable.Empty<Account>())
        {
            Announce(device, Presence(watched, device));
        }
    }

    /// <summary>Of whom one neither knows nor has a token, one hears nothing; there is no answer either way.</summary>
    private void Subscribe(Device device, Node presence)
    {
        if (!presence.IsJid("to") || presence.JidOf("to") is not { } to)
        {
            exchange.Trace.Violation(device.ToString(), "The to of a subscription is not a JID.");
            return;
        }

        if (exchange.Accounts.Find(to) is not { } account || Visibility.Blocks(account, device.Account)
            || !exchange.Visibility.IsTrusted(device, account, presence.Child("tctoken")))
        {
            exchange.Trace.Note(device.ToString(), $"Nothing is told of the presence of {to}.");
            return;
        }

        account.Subscribers.Add(device);
        device.Watched[account] = to.IsLid ? Addressing.Lid : Addressing.PhoneNumber;
        Announce(device, Presence(account, device));
    }

    private static void Announce(Device device, Node stanza)
    {
        if (device.IsPhone || device.Available)
            Delivery.Announce(device, stanza);
    }

    private static bool IsAvailable(Account account) => account.Devices.Values.Any(d => d.Available);

    private static Node Presence(Account account, Device watcher)
    {
        var from = account.JidAs(watcher.Watched[account]);
        var seesLast = Visibility.Sees(watcher.Account, account, PrivacySettings.LastSeen, isTrusted: true);
        var seesOnline = account.Profile.Privacy[PrivacySettings.Online] == PrivacySettings.Everyone || seesLast;
        if (seesOnline && IsAvailable(account))
            return new Node("presence", [("from", from)]);

        var last = seesLast ? account.LastSeen?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : null;
        return new Node("presence", [("from", from), ("type", Unavailable), ("last", last ?? "deny")]);
    }
}
