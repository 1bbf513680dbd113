using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Who may see and do what: privacy settings, tokens for single contacts, the timer of new chats.</summary>
internal sealed class PrivacyDesk(Exchange exchange)
{
    private static readonly long[] Timers = [0, 86_400, 604_800, 7_776_000];

    public Node Answer(Device device, Node iq) => iq["type"] == "get" ? Stanzas.Result(iq, All(device.Account))
        : iq.Child("tokens") is { } tokens ? IssueTokens(device, iq, tokens)
        : Change(device, iq);

    /// <summary>Changes a setting, and tells the account's other companions.</summary>
    /// <returns>Whether there is such a setting with such a value.</returns>
    public bool Set(Account account, Device? author, string name, string value)
    {
        if (!PrivacySettings.Values.TryGetValue(name, out var values) || !values.Contains(value))
            return false;

        account.Profile.Privacy[name] = value;
        exchange.Changes.ToOwn(account, author, "account_sync", new Node("privacy", [], [Category(name, value)]));
        return true;
    }

    public Node AnswerTimer(Device device, Node iq)
    {
        if (iq.Child("disappearing_mode")?.NumberOf("duration") is not { } seconds || !Timers.Contains(seconds))
            return Refuse(device, iq, "Messages of new chats disappear after a day, a week, ninety days or never.");

        var profile = device.Account.Profile;
        (profile.DefaultTimer, profile.DefaultTimerSince) = (seconds, exchange.Now.ToUnixTimeSeconds());
        exchange.Changes.ToOwn(device.Account, device, "account_sync", new Node("disappearing_mode", [("duration", seconds), ("t", exchange.NowText)]));
        return Stanzas.Result(iq);
    }

    private static Node All(Account account) => new("privacy", [], [.. account.Profile.Privacy.Select(setting => Category(setting.Key, setting.Value))]);

    private static Node Category(string name, string value) => new("category", [("name", name), ("value", value)]);

    private Node Change(Device device, Node iq)
    {
        if (iq.Child("privacy")?.Children is not [{ Tag: "category" } category]
            || !Set(device.Account, device, category["name"] ?? "", category["value"] ?? ""))
            return Refuse(device, iq, "A privacy setting has an unknown name, or a value that is not among its own.");

        return Stanzas.Result(iq, new Node("privacy", [], [category]));
    }

    /// <summary>Gives tokens in the account's name; each receiver's companions are told.</summary>
    private Node IssueTokens(Device device, Node iq, Node tokens)
    {
        var issuer = device.Account;
        foreach (var token in tokens.ChildrenOf("token"))
        {
            if (token["type"] != "trusted_contact" || !token.IsJid("jid") || token.NumberOf("t") is not { } timestamp)
                return Refuse(device, iq, "A privacy token lacks its JID, time or type.");

            if (exchange.Accounts.Find(token.RequiredJid("jid")) is { } receiver)
                IssueToken(issuer, receiver, timestamp);
        }

        return Stanzas.Result(iq);
    }

    /// <summary>Gives an account a token of another one.</summary>
    public void IssueToken(Account issuer, Account receiver, long timestamp)
    {
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

    private Node Refuse(Device device, Node iq, string sentence)
    {
        exchange.Trace.Violation(device.ToString(), sentence);
        return Stanzas.Error(iq, 400, "bad-request");
    }
}
