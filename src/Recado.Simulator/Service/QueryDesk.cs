using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Answers the <c>iq</c> requests of logged-in devices.</summary>
internal sealed class QueryDesk(Exchange exchange)
{
    private static readonly string[] PrivacyCategories =
        ["readreceipts", "last", "online", "profile", "status", "groupadd", "calladd", "messages"];

    private readonly UserQuery _users = new(exchange);
    private readonly AppStateDesk _appState = new(exchange);

    /// <summary>The answer to a request, which has its id, to and xmlns.</summary>
    public Node Answer(Device device, Node iq) => (iq["xmlns"], iq["type"]) switch
    {
        ("encrypt", _) => exchange.PreKeys.Answer(device, iq),
        ("usync", "get") => _users.Answer(device, iq),
        ("w:p", "get") => Stanzas.Result(iq),
        ("passive", "set") => Stanzas.Result(iq), // the connection acts on it once the answer is out
        ("abt", "get") => Stanzas.Result(iq, new Node("props", [("protocol", "1"), ("hash", "recado"), ("refresh", 86_400), ("refresh_id", 1)])),
        ("blocklist", "get") => Stanzas.Result(iq, new Node("list", [("dhash", "recado")])),
        ("privacy", "get") => Stanzas.Result(iq, new Node("privacy", [],
            [.. PrivacyCategories.Select(c => new Node("category", [("name", c), ("value", "all")]))])),
        ("privacy", "set") when iq.Child("tokens") is { } tokens => IssueTokens(device, iq, tokens),
        ("urn:xmpp:whatsapp:dirty", "set") => Clean(device, iq),
        ("w:m", "set") => Stanzas.Result(iq, exchange.Media.Connect()),
        ("w:sync:app:state", "set") => _appState.Answer(device, iq),
        ("w:g2", _) => exchange.GroupRequests.Answer(device, iq),
        ("md", "set") when iq.Child("remove-companion-device") is { } removal => Remove(device, iq, removal),
        ("w:profile:picture", "get") => Stanzas.Error(iq, 404, "item-not-found"),
        ("w:stats", "set") => Stanzas.Result(iq),
        _ => Stanzas.Error(iq, 501, "feature-not-implemented"),
    };

    private static Node Clean(Device device, Node iq)
    {
        if (iq.Child("clean")?["type"] == "account_sync")
            device.DirtySince = null;

        return Stanzas.Result(iq);
    }

    /// <summary>Gives tokens in the account's name; each receiver's companions are told.</summary>
    private Node IssueTokens(Device device, Node iq, Node tokens)
    {
        var issuer = device.Account;
        foreach (var token in tokens.ChildrenOf("token"))
        {
            if (token["type"] != "trusted_contact" || !token.IsJid("jid") || token.NumberOf("t") is not { } timestamp)
            {
                exchange.Trace.Violation(device.ToString(), "A privacy token lacks its JID, time or type.");
                return Stanzas.Error(iq, 400, "bad-request");
            }

            if (exchange.Accounts.Find(token.RequiredJid("jid")) is not { } receiver)
                continue;

            var value = issuer.IssuedTokens.TryGetValue(receiver.Phone, out var known) ? known.Value : exchange.Random.Bytes(12);
            issuer.IssuedTokens[receiver.Phone] = new PrivacyToken(value, timestamp);
            foreach (var companion in receiver.Companions)
            {
                exchange.Delivery.Deliver(companion, new Node("notification",
                    [
                        ("from", issuer.PhoneJid), ("sender_lid", issuer.LidJid), ("type", "privacy_token"), ("id", exchange.NewId()),
                        ("t", exchange.NowText),
                    ],
                    [
                        new Node("tokens", [],
                        [
                            new Node("token", [("jid", companion.JidAs(Addressing.PhoneNumber)), ("type", "trusted_contact"), ("t", timestamp)], value),
                        ]),
                    ]));
            }
        }

        return Stanzas.Result(iq);
    }

    /// <summary>A device takes itself off the account. Its connection is closed once the answer is out.</summary>
    private Node Remove(Device device, Node iq, Node removal)
    {
        if (!removal.IsJid("jid") || removal.JidOf("jid") != device.JidAs(Addressing.PhoneNumber))
        {
            exchange.Trace.Violation(device.ToString(), "A device asks to remove something else than itself.");
            return Stanzas.Error(iq, 403, "forbidden");
        }

        exchange.Later(() => exchange.Devices.Unlink(device));
        return Stanzas.Result(iq);
    }
}
