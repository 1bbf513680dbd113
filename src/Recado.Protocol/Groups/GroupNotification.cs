using Recado.Protocol.Binary;

namespace Recado.Protocol.Groups;

/// <summary>What the service tells about a group one is in.</summary>
/// <param name="Group">The group.</param>
/// <param name="Changes">What has changed, in order.</param>
public sealed partial record GroupNotification(Jid Group, IReadOnlyList<GroupChange> Changes)
{
    private const string RequestedUser = "requested_user";

    /// <summary>Who did it; null when the service did.</summary>
    public Jid? Actor { get; init; }

    /// <summary>The actor's phone number, when it is known.</summary>
    public Jid? ActorPhoneNumber { get; init; }

    /// <summary>The name the actor gave themselves.</summary>
    public string? ActorName { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How the group knows its members; null when the service does not say.</summary>
    public AddressingMode? Addressing { get; init; }

    /// <summary>The two names of everyone it names by both.</summary>
    public IReadOnlyList<(Jid PhoneNumber, Jid Lid)> Mappings { get; init; } = [];

    /// <summary>Reads a notification of type <c>w:gp2</c>.</summary>
    /// <exception cref="ProtocolException">It does not name a group, or a change lacks what it changes to.</exception>
    public static GroupNotification Parse(Node notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var group = GroupNodes.ParseJid(notification, "from");
        var actor = notification.JidOf("participant");
        return new(group, [.. notification.Children.Select(change => Change(change, actor))])
        {
            Actor = actor,
            ActorPhoneNumber = notification.JidOf("participant_pn"),
            ActorName = notification["notify"],
            At = GroupNodes.Time(notification, "t"),
            Addressing = GroupNodes.ParseAddressing(notification),
            Mappings = [.. FindMappings(notification)],
        };
    }

    private static GroupChange Change(Node node, Jid? actor) => node.Tag switch
    {
        "create" => new GroupJoined(GroupNodes.Parse(node.RequiredChild("group")), node["key"]) { IsNew = node["type"] == New },
        "add" => Participants(node, ParticipantAction.Add),
        "remove" => Participants(node, ParticipantAction.Remove),
        "promote" => Participants(node, ParticipantAction.Promote),
        "demote" => Participants(node, ParticipantAction.Demote),
        "modify" => new ParticipantNumberChanged(GroupNodes.ParseParticipants(node)),
        "subject" => new SubjectChanged(node.Required("subject"), node.JidOf("s_o"), GroupNodes.Time(node, "s_t")),
        "description" => new DescriptionChanged(node.Child("delete") is null ? node.Child("body")?.Text : null, node["id"]),
        "announcement" => new AnnouncementChanged(IsAnnouncement: true) { Version = node["v_id"] },
        "not_announcement" => new AnnouncementChanged(IsAnnouncement: false) { Version = node["v_id"] },
        "locked" => new LockChanged(IsLocked: true),
        "unlocked" => new LockChanged(IsLocked: false),
        "ephemeral" => new ExpirationChanged(GroupNodes.ParseExpiration(node)),
        "not_ephemeral" => new ExpirationChanged(null),
        "invite" => new InviteCodeChanged(node.Required("code")),
        "member_add_mode" when GroupNodes.ParseMemberAddMode(node) is { } mode => new MemberAddModeChanged(mode),
        "membership_approval_mode" => new ApprovalChanged(GroupNodes.ParseApproval(node)),
        "created_membership_requests" => new JoinRequested(Users(node, RequestedUser, actor), node["request_method"]),
        "revoked_membership_requests" => new JoinRequestEnded(Users(node, "participant", actor)),
        "link" => new CommunityChanged(IsLinked: true, node["link_type"], Groups(node)),
        "unlink" => new CommunityChanged(IsLinked: false, node["unlink_type"], Groups(node)),
        "delete" => new GroupDeleted(node["reason"]),
        "suspended" => new SuspensionChanged(IsSuspended: true),
        "unsuspended" => new SuspensionChanged(IsSuspended: false),
        _ => new OtherGroupChange(node.Tag) { Raw = node },
    };

    private static ParticipantsChanged Participants(Node node, ParticipantAction action) =>
        new(action, GroupNodes.ParseParticipants(node), node["reason"]) { PreviousVersion = node["prev_v_id"], Version = node["v_id"] };

    /// <summary>Nobody named: it is the actor.</summary>
    private static IReadOnlyList<Jid> Users(Node node, string tag, Jid? actor)
    {
        var named = GroupNodes.ParseParticipants(node, tag);
        return named.Count > 0 || actor is null ? [.. named.Select(user => user.Jid)] : [actor.Value];
    }

    private static IReadOnlyList<Jid> Groups(Node node) =>
        [.. node.ChildrenOf("group").Select(group => GroupNodes.ParseJid(group, group["jid"] is null ? "id" : "jid"))];

    private static IEnumerable<(Jid PhoneNumber, Jid Lid)> FindMappings(Node notification)
    {
        if (notification.JidOf("participant") is { } actor)
        {
            var other = notification.JidOf(actor.IsLid ? "participant_pn" : "participant_lid");
            if (Mapping(actor.IsLid ? other : actor, actor.IsLid ? actor : other) is { } ofActor)
                yield return ofActor;
        }

        var members = notification.Children.Concat(notification.Children.SelectMany(change => change.ChildrenOf("group")))
            .SelectMany(parent => GroupNodes.ParseParticipants(parent).Concat(GroupNodes.ParseParticipants(parent, RequestedUser)));
        foreach (var member in members)
        {
            if (Mapping(member.PhoneNumber, member.Lid) is { } ofMember)
                yield return ofMember;
        }
    }

    private static (Jid PhoneNumber, Jid Lid)? Mapping(Jid? phoneNumber, Jid? lid) =>
        phoneNumber is { IsPhoneNumber: true } number && lid is { IsLid: true } name ? (number.ToUser(), name.ToUser()) : null;
}
