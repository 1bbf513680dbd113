using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Presence;

namespace Recado.Protocol.Users;

/// <summary>A picture of a user or group.</summary>
/// <param name="Id">Changes with the picture.</param>
/// <param name="Url">Where it lies for some days, open to everyone.</param>
/// <param name="DirectPath">The same without the host.</param>
public sealed record ProfilePicture(string Id, string Url, string? DirectPath);

/// <summary>The users who are blocked.</summary>
/// <param name="Hash">The version of the list.</param>
/// <param name="Users">The users; null when the list one has is still good.</param>
public sealed record BlockList(string? Hash, IReadOnlyList<Jid>? Users);

/// <summary>Requests about the own profile and about users one by one, and their answers. Each takes the id of the request first.</summary>
public static class UserRequests
{
    private const string PictureNamespace = "w:profile:picture";

    /// <summary>Asks for a picture.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="target">Whose.</param>
    /// <param name="isPreview">Whether a small one is enough.</param>
    /// <param name="token">What lets us see pictures shown to contacts only. Not for oneself and not for groups: there would be no answer at all.</param>
    /// <param name="knownId">The id of the picture one has; then nothing comes when it is still the same.</param>
    public static Node Picture(string id, Jid target, bool isPreview, TrustedContactToken? token = null, string? knownId = null) => new(
        "iq",
        [("id", id), ("xmlns", PictureNamespace), ("to", Jid.Service), ("type", "get"), ("target", target)],
        new Node(
            "picture",
            [("type", isPreview ? "preview" : "image"), ("query", "url"), ("id", knownId)],
            token is null ? [] : [token.ToNode()]));

    /// <summary>The answer; null when there is none, or it is still the same.</summary>
    /// <exception cref="ProtocolException">A picture lacks its id or address.</exception>
    public static ProfilePicture? ParsePicture(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        return iq.Child("picture") is { } picture && picture["status"] is not ("204" or "304")
            ? new(picture.Required("id"), picture.Required("url"), picture["direct_path"])
            : null;
    }

    /// <summary>Sets the own picture, or that of a group.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="jpeg">A square JPEG, 640 pixels wide.</param>
    /// <param name="group">The group; null for oneself.</param>
    public static Node SetPicture(string id, byte[] jpeg, Jid? group = null) =>
        ChangePicture(id, group, new Node("picture", [("type", "image")], jpeg));

    /// <summary>Takes the own picture away, or that of a group.</summary>
    public static Node RemovePicture(string id, Jid? group = null) => ChangePicture(id, group);

    /// <summary>Sets the own about text.</summary>
    public static Node SetAbout(string id, string text) => Iq(id, "set", "status", Node.Of("status", text));

    /// <summary>Asks who is blocked.</summary>
    public static Node BlockList(string id) => Iq(id, "get", "blocklist");

    /// <summary>Blocks a user, who is named by LID; the phone number goes along.</summary>
    public static Node Block(string id, Jid lid, Jid phoneNumber) =>
        Iq(id, "set", "blocklist", new Node("item", [("action", "block"), ("jid", lid), ("pn_jid", phoneNumber)]));

    /// <summary>Unblocks a user, who is named by LID.</summary>
    public static Node Unblock(string id, Jid lid) =>
        Iq(id, "set", "blocklist", new Node("item", [("action", "unblock"), ("jid", lid)]));

    /// <summary>The answer to all three.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static BlockList ParseBlockList(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var list = iq.RequiredChild("list");
        IReadOnlyList<Jid>? users = list["matched"] == "true"
            ? null
            : [.. list.ChildrenOf("item").Select(item => item.JidOf("jid")).OfType<Jid>()];
        return new(list["dhash"], users);
    }

    /// <summary>Asks for the own privacy settings.</summary>
    public static Node Privacy(string id) => Iq(id, "get", "privacy", new Node("privacy"));

    /// <summary>Changes a privacy setting.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="name">The setting, such as <c>last</c>, <c>online</c>, <c>profile</c>, <c>status</c>, <c>readreceipts</c>, <c>groupadd</c>, <c>calladd</c>.</param>
    /// <param name="value">The value, such as <c>all</c>, <c>contacts</c>, <c>contact_blacklist</c>, <c>none</c>, <c>match_last_seen</c>, <c>known</c>.</param>
    public static Node SetPrivacy(string id, string name, string value) =>
        Iq(id, "set", "privacy", Node.Of("privacy", new Node("category", [("name", name), ("value", value)])));

    /// <summary>The answer: values by setting.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyDictionary<string, string> ParsePrivacy(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var settings = new Dictionary<string, string>();
        foreach (var category in iq.RequiredChild("privacy").ChildrenOf("category"))
        {
            if (category["name"] is { } name && category["value"] is { } value)
                settings[name] = value;
        }

        return settings;
    }

    /// <summary>Sets after how long messages of new chats disappear; null when they stay.</summary>
    public static Node SetDisappearingMode(string id, TimeSpan? duration) =>
        Iq(id, "set", "disappearing_mode", new Node("disappearing_mode", [("duration", (long)(duration?.TotalSeconds ?? 0))]));

    /// <summary>Asks what a business says about itself.</summary>
    public static Node BusinessProfile(string id, Jid business) => Iq(id, "get", "w:biz", new Node(
        "business_profile", [("v", "244")], new Node("profile", [("jid", business)])));

    /// <summary>Tells the service that what it said has changed is up to date again.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="kind">What, such as <c>groups</c> or <c>account_sync</c>.</param>
    /// <param name="timestamp">The time that came with the word.</param>
    public static Node Clean(string id, string kind, DateTimeOffset? timestamp) => Iq(id, "set", "urn:xmpp:whatsapp:dirty", new Node(
        "clean", [("type", kind), ("timestamp", timestamp?.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))]));

    private static Node ChangePicture(string id, Jid? group, params IReadOnlyList<Node> picture) => new(
        "iq",
        [("id", id), ("xmlns", PictureNamespace), ("to", Jid.Service), ("type", "set"), ("target", group)],
        picture);

    private static Node Iq(string id, string type, string xmlns, params IReadOnlyList<Node> children) =>
        new("iq", [("id", id), ("xmlns", xmlns), ("type", type), ("to", Jid.Service)], children);
}
