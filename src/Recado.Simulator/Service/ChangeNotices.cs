using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Tells devices what has changed about an account.</summary>
internal sealed class ChangeNotices(Exchange exchange)
{
    /// <summary>Tells the companions of those who know the account and may see what has changed.</summary>
    public void ToContacts(Account account, string type, string setting, Node change)
    {
        var contacts = account.Contacts.Select(exchange.Accounts.ByPhone).OfType<Account>();
        foreach (var companion in contacts.Where(c => Visibility.Sees(c, account, setting, isTrusted: true)).SelectMany(c => c.Companions))
        {
            exchange.Delivery.Deliver(companion, Notification(account, type, change));
        }
    }

    /// <summary>Tells the account's own companions, but for the one that made the change.</summary>
    public void ToOwn(Account account, Device? author, string type, Node change)
    {
        foreach (var companion in account.Companions.Where(d => d != author))
        {
            exchange.Delivery.Deliver(companion, Notification(account, type, change));
        }
    }

    private Node Notification(Account account, string type, Node change) => new("notification",
        [("from", account.PhoneJid), ("type", type), ("id", exchange.NewId()), ("t", exchange.NowText)], [change]);
}
