using Recado.Protocol.Binary;

namespace Recado.Protocol.Groups;

/// <summary>What is done to members.</summary>
public enum ParticipantAction
{
    /// <summary>They become members.</summary>
    Add,

    /// <summary>They are members no more.</summary>
    Remove,

    /// <summary>They become admins.</summary>
    Promote,

    /// <summary>They are admins no more.</summary>
    Demote,
}

/// <summary>How a group begins.</summary>
public sealed record NewGroup
{
    /// <summary>The members; oneself is one without being named.</summary>
    public IReadOnlyList<GroupParticipant> Participants { get; init; } = [];

    /// <summary>A message id by which the notification about it is known for one's own.</summary>
    public string? Key { get; init; }

    /// <summary>Who may add members; null leaves it to the service.</summary>
    public MemberAddMode? MemberAddMode { get; init; }

    /// <summary>Whether admins decide who joins by link; null leaves it to the service.</summary>
    public bool? RequiresApproval { get; init; }

    /// <summary>Whether only admins may change name, picture and description.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Whether only admins may write.</summary>
    public bool IsAnnouncement { get; init; }

    /// <summary>After how long messages disappear.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>The community it becomes part of.</summary>
    public Jid? Community { get; init; }
}

/// <summary>Requests about groups: data to stanza. Each takes the id of the request first.</summary>
public static class GroupRequests
{
    private static readonly Jid Service = new("", JidServer.Group);

    /// <summary>Asks for a group one is in.</summary>
    public static Node Info(string id, Jid group) => Get(id, group, new Node("query", [("request", "interactive")]));

    /// <summary>Asks for all groups one is in.</summary>
    public static Node List(string id) =>
        Get(id, Service, Node.Of("participating", new Node("participants"), new Node("description")));

    /// <summary>Makes a group.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="subject">Its name.</param>
    /// <param name="group">How it begins.</param>
    /// <param name="tokens">The tokens by which members let us add them, as far as they have given any, by their name in <paramref name="group"/>.</param>
    public static Node Create(string id, string subject, NewGroup group, IReadOnlyDictionary<Jid, byte[]>? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(group);
        Node?[] settings =
        [
            group.MemberAddMode is { } mode ? GroupNodes.Format(mode) : null,
            group.Community is { } community ? new Node("linked_parent", [("jid", community)]) : null,
            group.IsLocked ? new Node("locked") : null,
            group.IsAnnouncement ? new Node("announcement") : null,
            group.Expiration is { } after ? new Node("ephemeral", [("expiration", (long)after.TotalSeconds), ("trigger", "1")]) : null,
            group.RequiresApproval is { } approval ? GroupNodes.FormatApproval(approval) : null,
        ];
        return Set(id, Service, new Node(
            "create", [("subject", subject), ("key", group.Key)], [.. group.Participants.Select(member => Member(member, tokens)), .. settings.OfType<Node>()]));
    }

    /// <summary>Makes a community. The service makes its announcement group with it.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="subject">Its name.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="version">The id of the description.</param>
    public static Node CreateCommunity(string id, string subject, string description, string version) => Set(id, Service, new Node(
        "create",
        [("subject", subject)],
        new Node("description", [("id", version)], Node.Of("body", description)),
        new Node("parent", [("default_membership_approval_mode", "request_required")]),
        new Node("allow_non_admin_sub_group_creation"),
        new Node("create_general_chat")));

    /// <summary>Leaves groups.</summary>
    public static Node Leave(string id, params IReadOnlyList<Jid> groups) =>
        Set(id, Service, Node.Of("leave", [.. groups.Select(group => new Node("group", [("id", group)]))]));

    /// <summary>Adds, removes, promotes or demotes members.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="group">The group.</param>
    /// <param name="action">What to do.</param>
    /// <param name="participants">With whom.</param>
    /// <param name="tokens">The tokens by which they let us add them, as far as they have given any.</param>
    public static Node Change(
        string id, Jid group, ParticipantAction action, IEnumerable<GroupParticipant> participants, IReadOnlyDictionary<Jid, byte[]>? tokens = null) =>
        Set(id, group, Node.Of(Tag(action), [.. participants.Select(member => Member(member, tokens))]));

    /// <summary>Names the group.</summary>
    public static Node SetSubject(string id, Jid group, string subject) => Set(id, group, Node.Of("subject", subject));

    /// <summary>Describes the group.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="group">The group.</param>
    /// <param name="text">The text; null takes the description away.</param>
    /// <param name="version">The id of the new description.</param>
    /// <param name="previousVersion">The id of the present one, as far as there is one. The service refuses another (409).</param>
    public static Node SetDescription(string id, Jid group, string? text, string version, string? previousVersion) => Set(id, group, text is null
        ? new Node("description", [("id", version), ("prev", previousVersion), ("delete", "true")])
        : new Node("description", [("id", version), ("prev", previousVersion)], Node.Of("body", text)));

    /// <summary>Lets only admins change name, picture and description, or everyone.</summary>
    public static Node SetLocked(string id, Jid group, bool isLocked) => Set(id, group, new Node(isLocked ? "locked" : "unlocked"));

    /// <summary>Lets only admins write, or everyone.</summary>
    public static Node SetAnnouncement(string id, Jid group, bool isAnnouncement) =>
        Set(id, group, new Node(isAnnouncement ? "announcement" : "not_announcement"));

    /// <summary>Makes messages disappear after a time, or stay. WhatsApp offers 1, 7 and 90 days.</summary>
    public static Node SetExpiration(string id, Jid group, TimeSpan? expiration) => Set(id, group, expiration is { } after
        ? new Node("ephemeral", [("expiration", (long)after.TotalSeconds)])
        : new Node("not_ephemeral"));

    /// <summary>Lets only admins add members, or everyone.</summary>
    public static Node SetMemberAddMode(string id, Jid group, MemberAddMode mode) => Set(id, group, GroupNodes.Format(mode));

    /// <summary>Lets admins decide who joins by link, or lets everyone join.</summary>
    public static Node SetApproval(string id, Jid group, bool isRequired) => Set(id, group, GroupNodes.FormatApproval(isRequired));

    /// <summary>Asks for the invite code.</summary>
    public static Node InviteCode(string id, Jid group) => Get(id, group, new Node("invite"));

    /// <summary>Replaces the invite code; the old one is good no more.</summary>
    public static Node ResetInviteCode(string id, Jid group) => Set(id, group, new Node("invite"));

    /// <summary>Asks what a code invites to.</summary>
    public static Node InviteInfo(string id, string code) => Get(id, Service, new Node("invite", [("code", code)]));

    /// <summary>Joins by code.</summary>
    public static Node Join(string id, string code) => Set(id, Service, new Node("invite", [("code", code)]));

    /// <summary>Joins by an invitation that came as a message.</summary>
    public static Node AcceptInvite(string id, Jid group, string code, DateTimeOffset expiresAt, Jid admin) => Set(id, group, new Node(
        "accept", [("code", code), ("expiration", expiresAt.ToUnixTimeSeconds()), ("admin", admin)]));

    /// <summary>Takes back an invitation that went out as a message.</summary>
    public static Node RevokeInvite(string id, Jid group, Jid invited) =>
        Set(id, group, Node.Of("revoke", new Node("participant", [("jid", invited)])));

    /// <summary>Asks who wants to join.</summary>
    public static Node JoinRequests(string id, Jid group) => Get(id, group, new Node("membership_approval_requests"));

    /// <summary>Decides who joins.</summary>
    public static Node DecideJoinRequests(string id, Jid group, bool approve, IEnumerable<Jid> users) => Set(id, group, Node.Of(
        "membership_requests_action",
        Node.Of(approve ? "approve" : "reject", [.. users.Select(user => new Node("participant", [("jid", user)]))])));

    /// <summary>Makes groups part of a community.</summary>
    public static Node Link(string id, Jid community, params IReadOnlyList<Jid> groups) => Set(id, community, Node.Of(
        "links", new Node("link", [("link_type", "sub_group")], [.. groups.Select(group => new Node("group", [("jid", group)]))])));

    /// <summary>Takes groups out of a community.</summary>
    public static Node Unlink(string id, Jid community, params IReadOnlyList<Jid> groups) => Set(id, community, new Node(
        "unlink", [("unlink_type", "sub_group")], [.. groups.Select(group => new Node("group", [("jid", group)]))]));

    internal static string Tag(ParticipantAction action) => action switch
    {
        ParticipantAction.Add => "add",
        ParticipantAction.Remove => "remove",
        ParticipantAction.Promote => "promote",
        ParticipantAction.Demote => "demote",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, message: null),
    };

    /// <summary>The service wants both names of a member who is named by LID.</summary>
    private static Node Member(GroupParticipant participant, IReadOnlyDictionary<Jid, byte[]>? tokens)
    {
        NodeAttribute[] names = [("jid", participant.Jid.ToUser()), ("phone_number", participant.Jid.IsLid ? participant.PhoneNumber : null)];
        return tokens?.GetValueOrDefault(participant.Jid) is { } token
            ? new Node("participant", names, Node.Of("privacy", token))
            : new Node("participant", names);
    }

    private static Node Get(string id, Jid to, Node child) => Iq(id, "get", to, child);

    private static Node Set(string id, Jid to, Node child) => Iq(id, "set", to, child);

    private static Node Iq(string id, string type, Jid to, Node child) =>
        new("iq", [("id", id), ("xmlns", "w:g2"), ("type", type), ("to", to)], child);
}
