using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Device lists: who is linked, and who hears of a change.</summary>
internal sealed class DeviceRegistry(Exchange exchange)
{
    /// <summary>Rises with every change of any list.</summary>
    public long Version { get; private set; }

    /// <summary>Adds a device to its account and tells contacts and the other companions.</summary>
    public void Link(Device device)
    {
        var account = device.Account;
        account.Devices.Add(device.Number, device);
        Version++;
        account.Endpoint.PublishDevices();
        Announce(account, "add", device);
    }

    /// <summary>Removes a device, ends its connection and tells contacts and the other companions.</summary>
    public void Unlink(Device device)
    {
        var account = device.Account;
        account.Devices.Remove(device.Number);
        Version++;
        account.Subscribers.RemoveWhere(d => d == device);
        device.Link?.Close(Stanzas.StreamError(401, Stanzas.Conflict("device_removed")));
        account.Endpoint.PublishDevices();
        Announce(account, "remove", device);
    }

    /// <summary>The answer to a <c>devices</c> query about one user.</summary>
    public static Node List(Account account) => new("devices", [],
    [
        new Node("device-list", [("hash", Hash(account, Addressing.PhoneNumber))],
            [.. account.Devices.Values.Select(d => new Node("device", [("id", d.Number), ("key-index", KeyIndexOf(d))]))]),
        KeyIndexList(account),
    ]);

    /// <summary>Hash of all devices of some accounts, as clients compute it.</summary>
    public static string Hash(IEnumerable<Account> accounts, Addressing addressing) =>
        ParticipantHash.Compute(accounts.SelectMany(a => a.Devices.Values).Select(d => d.JidAs(addressing)));

    private static string Hash(Account account, Addressing addressing) => Hash([account], addressing);

    private static string? KeyIndexOf(Device device) => device.IsPhone ? null : device.KeyIndex.ToString(CultureInfo.InvariantCulture);

    private static Node KeyIndexList(Account account)
    {
        var (list, timestamp) = account.Endpoint.KeyIndexList;
        return new Node("key-index-list", [("ts", timestamp)], list);
    }

    private void Announce(Account account, string change, Device device)
    {
        var contacts = account.Contacts.Select(exchange.Accounts.ByPhone).OfType<Account>().Union(exchange.Groups.Neighbours(account));
        foreach (var companion in contacts.SelectMany(c => c.Companions))
        {
            exchange.Delivery.Deliver(companion, new Node("notification",
                [("from", account.PhoneJid), ("lid", account.LidJid), ("type", "devices"), ("id", exchange.NewId()), ("t", exchange.NowText)],
                [
                    new Node(change, [("device_hash", Hash(account, Addressing.PhoneNumber)), ("device_lid_hash", Hash(account, Addressing.Lid))],
                    [
                        new Node("device",
                            [("jid", device.JidAs(Addressing.PhoneNumber)), ("lid", device.JidAs(Addressing.Lid)), ("key-index", KeyIndexOf(device))]),
                        KeyIndexList(account),
                    ]),
                ]));
        }

        foreach (var companion in account.Companions.Where(c => c != device))
        {
            exchange.Delivery.Deliver(companion, new Node("notification",
                [("from", account.PhoneJid), ("type", "account_sync"), ("id", exchange.NewId()), ("t", exchange.NowText)],
                [
                    new Node("devices", [("dhash", Hash(account, Addressing.PhoneNumber))],
                    [
                        .. account.Devices.Values.Select(d => new Node("device", [("jid", d.JidAs(Addressing.PhoneNumber)), ("key-index", KeyIndexOf(d))])),
                        KeyIndexList(account),
                    ]),
                ]));
        }
    }
}
