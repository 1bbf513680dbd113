using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Groups;

/// <summary>The node <c>group</c> and what it is made of.</summary>
public static class GroupNodes
{
    private const string On = "on";
    private const string AdminsAdd = "admin_add";
    private const string EveryoneAdds = "all_member_add";

    /// <summary>
    /// Reads a <c>group</c> node. Children that are not known are left out, and so are members that could not be added to it.
    /// </summary>
    /// <exception cref="ProtocolException">It does not name a group (<see cref="ProtocolError.MalformedStanza"/>).</exception>
    public static GroupInfo Parse(Node group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var members = group.ChildrenOf("participant").Where(member => member["error"] is null or "200").Select(ParseParticipant);
        return new(ParseJid(group, "id"), group["subject"] ?? "", [.. members.OfType<GroupParticipant>()])
        {
            SubjectAt = Time(group, "s_t"),
            SubjectBy = group.JidOf("s_o"),
            CreatedAt = Time(group, "creation"),
            Creator = group.JidOf("creator"),
            CreatorPhoneNumber = group.JidOf("creator_pn"),
            Addressing = ParseAddressing(group),
            Size = (int)Math.Clamp(group.NumberOf("size") ?? 0, 0, int.MaxValue),
            ParticipantVersion = group["p_v_id"],
            Description = group.Child("description") is { } description ? ParseDescription(description) : null,
            IsAnnouncement = group.Child("announcement") is not null,
            IsLocked = group.Child("locked") is not null,
            Expiration = ParseExpiration(group.Child("ephemeral")),
            MemberAddMode = ParseMemberAddMode(group.Child("member_add_mode")),
            RequiresApproval = ParseApproval(group.Child("membership_approval_mode")),
            Community = group.Child("linked_parent")?.JidOf("jid"),
            IsCommunity = group.Child("parent") is not null,
            IsCommunityAnnouncement = group.Child("default_sub_group") is not null,
            IsSuspended = group.Child("suspended") is not null,
        };
    }

    /// <summary>The service's side of <see cref="Parse"/>.</summary>
    public static Node Format(GroupInfo group)
    {
        ArgumentNullException.ThrowIfNull(group);
        Node?[] settings =
        [
            group.Description is { } description ? Format(description) : null,
            group.IsAnnouncement ? new Node("announcement") : null,
            group.IsLocked ? new Node("locked") : null,
            group.Expiration is { } expiration ? new Node("ephemeral", [("expiration", (long)expiration.TotalSeconds)]) : null,
            group.MemberAddMode is { } mode ? Format(mode) : null,
            group.RequiresApproval ? FormatApproval(isRequired: true) : null,
            group.IsCommunity ? new Node("parent") : null,
            group.Community is { } community ? new Node("linked_parent", [("jid", community)]) : null,
            group.IsCommunityAnnouncement ? new Node("default_sub_group") : null,
            group.IsSuspended ? new Node("suspended") : null,
        ];
        return new(
            "group",
            [
                ("id", group.Jid.User), ("subject", group.Subject), ("s_t", Text(group.SubjectAt)), ("s_o", group.SubjectBy),
                ("creation", Text(group.CreatedAt)), ("creator", group.Creator), ("creator_pn", group.CreatorPhoneNumber),
                ("addressing_mode", Format(group.Addressing)), ("p_v_id", group.ParticipantVersion), ("size", group.Size),
            ],
            [.. settings.OfType<Node>(), .. group.Participants.Select(Format)]);
    }

    /// <summary>The node of a member.</summary>
    public static Node Format(GroupParticipant participant)
    {
        ArgumentNullException.ThrowIfNull(participant);
        return new(
            "participant",
            [
                ("jid", participant.Jid),
                ("phone_number", participant.PhoneNumber == participant.Jid ? null : participant.PhoneNumber),
                ("lid", participant.Lid == participant.Jid ? null : participant.Lid),
                ("type", participant.Role switch { GroupRole.SuperAdmin => "superadmin", GroupRole.Admin => "admin", _ => null }),
                ("display_name", participant.Label),
            ]);
    }

    internal static Node Format(MemberAddMode mode) =>
        new("member_add_mode", [], mode == MemberAddMode.Admins ? AdminsAdd : EveryoneAdds);

    internal static Node FormatApproval(bool isRequired) =>
        Node.Of("membership_approval_mode", new Node("group_join", [("state", isRequired ? On : "off")]));

    /// <summary>A JID whose server may be left out.</summary>
    internal static Jid ParseJid(Node node, string attribute)
    {
        var text = node.Required(attribute);
        var jid = text.Contains('@', StringComparison.Ordinal) ? node.RequiredJid(attribute) : new Jid(text, JidServer.Group);
        return jid.IsGroup ? jid : throw ProtocolException.MalformedStanza($"The attribute '{attribute}' of <{node.Tag}> names no group.");
    }

    internal static IReadOnlyList<GroupParticipant> ParseParticipants(Node parent, string tag = "participant") =>
        [.. parent.ChildrenOf(tag).Select(ParseParticipant).OfType<GroupParticipant>()];

    internal static GroupParticipant? ParseParticipant(Node node) => node.JidOf("jid") is not { } jid
        ? null
        : new(
            jid,
            node["type"] switch { "superadmin" => GroupRole.SuperAdmin, "admin" => GroupRole.Admin, _ => GroupRole.Member },
            node.JidOf("phone_number") ?? (jid.IsPhoneNumber ? jid : null),
            node.JidOf("lid") ?? (jid.IsLid ? jid : null),
            node["display_name"]);

    /// <summary>By which name the group of a stanza or of a <c>group</c> node knows its members; null when that does not say.</summary>
    public static AddressingMode? ParseAddressing(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node["addressing_mode"] switch
        {
            "lid" => AddressingMode.Lid,
            "pn" => AddressingMode.PhoneNumber,
            _ => null,
        };
    }

    /// <summary>Zero seconds is off, whatever the presence of the node says.</summary>
    internal static TimeSpan? ParseExpiration(Node? ephemeral) =>
        ephemeral?.NumberOf("expiration") is > 0 and <= uint.MaxValue and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal static MemberAddMode? ParseMemberAddMode(Node? node) => node?.Text switch
    {
        AdminsAdd => MemberAddMode.Admins,
        EveryoneAdds => MemberAddMode.Everyone,
        _ => null,
    };

    /// <summary>The node alone means on; a state inside says it better.</summary>
    internal static bool ParseApproval(Node? mode) => mode is not null && mode.Child("group_join")?["state"] is null or On;

    internal static DateTimeOffset? Time(Node node, string attribute) => UnixTime.FromSeconds(node.NumberOf(attribute) ?? 0);

    internal static string? Format(AddressingMode? mode) => mode switch
    {
        AddressingMode.Lid => "lid",
        AddressingMode.PhoneNumber => "pn",
        _ => null,
    };

    internal static string? Text(DateTimeOffset? time) => time?.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Node Format(GroupDescription description) => new(
        "description",
        [("id", description.Id), ("participant", description.Author), ("t", Text(description.At))],
        Node.Of("body", description.Text));

    private static GroupDescription? ParseDescription(Node description) => description.Child("body") is not { } body
        ? null
        : new(body.Text, description["id"], description.JidOf("participant"), Time(description, "t"));
}
