using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Answers <c>usync</c>: who is on WhatsApp, under which names, with which devices.</summary>
internal sealed class UserQuery(Exchange exchange)
{
    private static readonly string[] Echoed = ["sid", "index", "last", "mode", "context"];

    public Node Answer(Device device, Node iq)
    {
        if (iq.Child("usync") is not { } usync || usync.Child("query") is not { } query || usync.Child("list") is not { } list || usync["sid"] is null)
        {
            exchange.Trace.Violation(device.ToString(), "A usync request lacks its sid, query or list.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        var users = new List<Node>();
        foreach (var user in list.ChildrenOf("user"))
        {
            if (user["jid"] is not null && !user.IsJid("jid"))
            {
                exchange.Trace.Violation(device.ToString(), "A usync request names a user by something that is not a JID.");
                return Stanzas.Error(iq, 400, "bad-request");
            }

            users.Add(User(device, query, user));
        }

        NodeAttribute[] attributes = [.. Echoed.Select(name => new NodeAttribute(name, usync[name]))];
        return Stanzas.Result(iq, new Node("usync", attributes,
            [new Node("result", [], [.. query.Children.Select(p => new Node(p.Tag))]), new Node("list", [], users)]));
    }

    private Node User(Device device, Node query, Node user)
    {
        var jid = user.JidOf("jid");
        var text = user.Child("contact")?.Text;
        var account = jid is { } known ? exchange.Accounts.Find(known) : text is null ? null : exchange.Accounts.ByPhone(NumberIn(text));
        var byLid = query.Child("contact")?["addressing_mode"] == "lid";

        // A number without an account is echoed as the JID it would have.
        var answered = jid ?? (account is null ? new Jid(NumberIn(text ?? ""), JidServer.PhoneNumber) : byLid ? account.LidJid : account.PhoneJid);
        var children = query.Children.Select(p => Protocol(device, p.Tag, account, user)).OfType<Node>().ToList();
        var phoneJid = jid is null && byLid ? account?.PhoneJid : null;
        return new Node("user", [("jid", answered), ("pn_jid", phoneJid)], children);
    }

    private Node? Protocol(Device device, string name, Account? account, Node user) => (name, account) switch
    {
        ("contact", _) when user.Child("contact")?.Text is { } text => new Node("contact", [("type", account is null ? "out" : "in")], text),
        ("contact", _) => new Node("contact", [("type", account is null ? "out" : "in")]),
        (_, null) => null,
        ("devices", _) => DeviceRegistry.List(account),
        ("lid", _) => new Node("lid", [("val", account.LidJid)]),
        ("status", _) => About(device, account, user.Child("tctoken")),
        ("picture", { Profile.Picture: { } picture }) when Sees(device, account, PrivacySettings.Picture, user) => new Node("picture", [("id", picture.Id)]),
        ("business", { Profile.Business: { } card }) => new Node("business", [],
            [new Node("verified_name", [("v", "1"), ("verified_level", "unknown")], VerifiedName.Write(card.Name))]),
        ("disappearing_mode", _) => new Node("disappearing_mode", [("duration", account.Profile.DefaultTimer), ("t", account.Profile.DefaultTimerSince)]),
        _ => null,
    };

    private Node About(Device device, Account account, Node? token) =>
        Visibility.Sees(device.Account, account, PrivacySettings.About, exchange.Visibility.IsTrusted(device, account, token))
            ? new Node("status", [("t", account.Profile.AboutSince)], account.Profile.About)
            : new Node("status", [("t", 0), ("code", "401")]);

    private bool Sees(Device device, Account account, string setting, Node user) =>
        Visibility.Sees(device.Account, account, setting, exchange.Visibility.IsTrusted(device, account, user.Child("tctoken")));

    /// <summary>The digits of <c>+15551234567</c> or <c>+15551234567@c.us</c>.</summary>
    private static string NumberIn(string text) => string.Concat(text.TakeWhile(c => c != '@').Where(char.IsAsciiDigit));
}
