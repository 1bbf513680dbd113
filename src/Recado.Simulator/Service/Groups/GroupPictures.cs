using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Pictures of groups: every member sees them, and changes them unless only admins may.</summary>
internal sealed class GroupPictures(Exchange exchange)
{
    /// <summary>The answer to a request whose target is a group; <see langword="null"/> where WhatsApp gives none.</summary>
    public Node? Answer(Device device, Node iq, Jid target)
    {
        if (!iq.IsJid("target"))
        {
            exchange.Trace.Violation(device.ToString(), "The target of a request for a group's picture is not a JID.");
            return Stanzas.Error(iq, 400);
        }

        if (exchange.Groups.Find(target) is not { } group)
            return Stanzas.Error(iq, 404);

        return iq["type"] == "set" ? Change(device, iq, group) : Get(device, iq, group);
    }

    private Node? Get(Device device, Node iq, Group group)
    {
        if (iq.Child("picture") is not { } picture || picture["query"] != "url" || picture["type"] is not ("preview" or "image"))
        {
            exchange.Trace.Violation(device.ToString(), "A request for a group's picture does not say which picture it wants.");
            return Stanzas.Error(iq, 400);
        }

        if (iq.Child("tctoken") is not null || picture.Child("tctoken") is not null)
        {
            exchange.Trace.Violation(device.ToString(), "A request for a group's picture has a token: it gets no answer.");
            return null;
        }

        if (!group.Has(device.Account) && picture["invite"] != group.InviteCode)
            return Stanzas.Error(iq, 401);
        if (group.Picture is not { } shown)
            return Stanzas.Error(iq, 404);

        return picture["id"] == shown.Id ? Stanzas.Result(iq) : Stanzas.Result(iq, exchange.Pictures.Describe(shown, picture["type"]!));
    }

    private Node Change(Device device, Node iq, Group group)
    {
        var picture = iq.Child("picture");
        if (picture is not null && picture["type"] != "image")
            return Stanzas.Error(iq, 400);
        if (!group.Has(device.Account) || (group.IsLocked && !group.IsAdmin(device.Account)))
            return Stanzas.Error(iq, 403);
        if (picture is not null && !PictureDesk.IsAcceptable(picture.Bytes.ToArray()))
            return Stanzas.Error(iq, 406);

        group.Picture = picture is null ? null : exchange.Pictures.Make(picture.Bytes.ToArray(), group.Picture);
        var author = group.NameOf(device.Account);
        var stanza = new Node("notification",
            [("from", group.Jid), ("type", "picture"), ("id", exchange.NewId()), ("t", exchange.NowText), ("notify", device.Account.Name)],
            [group.Picture is { } now
                ? new Node("set", [("jid", group.Jid), ("id", now.Id), ("author", author)])
                : new Node("delete", [("jid", group.Jid), ("author", author)])]);
        foreach (var member in group.Members.Keys.SelectMany(m => m.Devices.Values).ToList())
        {
            exchange.Later(() => exchange.Delivery.Deliver(member, stanza));
        }

        return group.Picture is { } set ? Stanzas.Result(iq, new Node("picture", [("id", set.Id)])) : Stanzas.Result(iq);
    }
}
