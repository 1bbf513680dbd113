using System.Security.Cryptography;
using System.Text;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>The users an account does not want to hear of.</summary>
internal sealed class BlockDesk(Exchange exchange)
{
    public Node Answer(Device device, Node iq)
    {
        if (iq["type"] == "get")
            return Stanzas.Result(iq, List(device.Account));

        if (iq.Child("item") is not { } item || item["action"] is not ("block" or "unblock") || !item.IsJid("jid") || !item.RequiredJid("jid").IsLid)
            return Refuse(device, iq, "A change of the block list lacks its action, or names nobody by LID.");
        if ((item["pn_jid"] is not null) != (item["action"] == "block"))
            return Refuse(device, iq, "A phone number belongs to blocking, and to blocking only.");
        if (exchange.Accounts.Find(item.RequiredJid("jid")) is not { } other)
            return Stanzas.Error(iq, 404, "item-not-found");

        Change(device.Account, device, other, item["action"] == "block");
        return Stanzas.Result(iq, List(device.Account));
    }

    /// <summary>Blocks or unblocks, and tells the account's other companions.</summary>
    public void Change(Account account, Device? author, Account other, bool isBlocked)
    {
        var before = HashOf(account);
        if (isBlocked ? !account.Profile.Blocked.Add(other.Phone) : !account.Profile.Blocked.Remove(other.Phone))
            return;

        exchange.Changes.ToOwn(account, author, "account_sync", new Node("blocklist",
            [("action", "modify"), ("dhash", HashOf(account)), ("prev_dhash", before)],
            [new Node("item", [("jid", other.LidJid), ("action", isBlocked ? "block" : "unblock")])]));
    }

    private static string HashOf(Account account) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(',', account.Profile.Blocked))).AsSpan(0, 8));

    private Node List(Account account) => new("list", [("dhash", HashOf(account))],
        [
            .. account.Profile.Blocked.Select(exchange.Accounts.ByPhone).OfType<Account>()
                .Select(blocked => new Node("item", [("jid", blocked.LidJid), ("pn_jid", blocked.PhoneJid)])),
        ]);

    private Node Refuse(Device device, Node iq, string sentence)
    {
        exchange.Trace.Violation(device.ToString(), sentence);
        return Stanzas.Error(iq, 400, "bad-request");
    }
}
