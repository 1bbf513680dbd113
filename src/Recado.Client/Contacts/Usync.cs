using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Contacts;

/// <summary>What the service says about one user.</summary>
internal sealed record UsyncUser(Jid Jid, Jid? OtherName, IReadOnlyList<Jid>? Devices);

/// <summary>Queries about users: data to stanza and back.</summary>
internal static class Usync
{
    /// <summary>Asks for the devices and LIDs of users.</summary>
    public static Node DevicesQuery(string sid, IEnumerable<Jid> users) =>
        Query(
            sid,
            "message",
            [new Node("devices", [("version", "2")]), new Node("lid")],
            [.. users.Select(user => new Node("user", [("jid", user)]))]);

    /// <summary>Reads the answer. Users and devices that make no sense are left out.</summary>
    public static IReadOnlyList<UsyncUser> Parse(Node answer)
    {
        var list = answer.RequiredChild("usync").Child("list");
        return list is null ? [] : [.. list.ChildrenOf("user").Select(ParseUser).OfType<UsyncUser>()];
    }

    private static Node Query(string sid, string context, IReadOnlyList<Node> protocols, IReadOnlyList<Node> users) =>
        new(
            "usync",
            [("sid", sid), ("mode", "query"), ("last", "true"), ("index", "0"), ("context", context)],
            [new Node("query", [], protocols), new Node("list", [], users)]);

    private static UsyncUser? ParseUser(Node user)
    {
        if (user.JidOf("jid") is not { } jid)
            return null;

        var otherName = user.Child("lid")?.JidOf("val") ?? user.JidOf("pn_jid");
        return new(jid, otherName, ParseDevices(jid, user.Child("devices")?.Child("device-list")));
    }

    // Companions without a key index are rejected as recipients: whoever sends to them has the whole stanza refused.
    private static List<Jid>? ParseDevices(Jid user, Node? list) =>
        list is null
            ? null
            :
            [
                .. list.ChildrenOf("device")
                    .Where(device =>
                        device.NumberOf("id") is 0 || (device.NumberOf("id") is > 0 and <= byte.MaxValue && device["key-index"] is not null)
                    )
                    .Select(device => DeviceList.DeviceOf(user, (ushort)device.NumberOf("id")!.Value, device["is_hosted"] == "true")),
            ];
}
