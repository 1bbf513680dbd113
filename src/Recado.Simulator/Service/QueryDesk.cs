using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Answers the <c>iq</c> requests of logged-in devices.</summary>
internal sealed class QueryDesk(Exchange exchange)
{
    private readonly UserQuery _users = new(exchange);

    /// <summary>The answer to a request, which has its id, to and xmlns; <see langword="null"/> where WhatsApp gives none.</summary>
    public Node? Answer(Device device, Node iq) => (iq["xmlns"], iq["type"]) switch
    {
        ("encrypt", _) => exchange.PreKeys.Answer(device, iq),
        ("usync", "get") => _users.Answer(device, iq),
        ("w:p", "get") => Stanzas.Result(iq),
        ("passive", "set") => Stanzas.Result(iq), // the connection acts on it once the answer is out
        ("abt", "get") => Stanzas.Result(iq, new Node("props", [("protocol", "1"), ("hash", "recado"), ("refresh", 86_400), ("refresh_id", 1)])),
        ("blocklist", _) => exchange.Blocks.Answer(device, iq),
        ("privacy", _) => exchange.Privacy.Answer(device, iq),
        ("disappearing_mode", "set") => exchange.Privacy.AnswerTimer(device, iq),
        ("w:profile:picture", _) => exchange.Pictures.Answer(device, iq),
        ("status", "set") => exchange.Profiles.AnswerAbout(device, iq),
        ("w:mex", "get") => exchange.Profiles.AnswerGraph(device, iq),
        ("w:biz", "get") => exchange.Profiles.AnswerBusiness(device, iq),
        ("urn:xmpp:whatsapp:dirty", "set") => Clean(device, iq),
        ("w:m", "set") => Stanzas.Result(iq, exchange.Media.Connect()),
        ("w:sync:app:state", "set") => exchange.AppState.Answer(device, iq),
        ("w:g2", _) => exchange.GroupRequests.Answer(device, iq),
        ("md", "set") when iq.Child("remove-companion-device") is { } removal => Remove(device, iq, removal),
        ("w:stats", "set") => Stanzas.Result(iq),
        _ => Stanzas.Error(iq, 501, "feature-not-implemented"),
    };

    private static Node Clean(Device device, Node iq)
    {
        if (iq.Child("clean")?["type"] == "account_sync")
            device.DirtySince = null;

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
