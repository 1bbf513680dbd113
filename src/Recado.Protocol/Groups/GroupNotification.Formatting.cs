using Recado.Protocol.Binary;

namespace Recado.Protocol.Groups;

/// <summary>The service's side of <see cref="Parse"/>.</summary>
public sealed partial record GroupNotification
{
    private const string New = "new";

    /// <summary>The notification as a stanza.</summary>
    /// <param name="id">The stanza's id.</param>
    public Node Format(string id) => new(
        "notification",
        [
            ("from", Group), ("type", "w:gp2"), ("id", id), ("participant", Actor), ("participant_pn", ActorPhoneNumber == Actor ? null : ActorPhoneNumber),
            ("t", GroupNodes.Text(At)), ("notify", ActorName), ("addressing_mode", GroupNodes.Format(Addressing)),
        ],
        [.. Changes.Select(Format)]);

    private Node Format(GroupChange change) => change switch
    {
        GroupJoined joined => new("create", [("type", joined.IsNew ? New : null), ("key", joined.Key)], GroupNodes.Format(joined.Info)),
        ParticipantsChanged changed => new(
            GroupRequests.Tag(changed.Action),
            [("reason", changed.Reason), ("prev_v_id", changed.PreviousVersion), ("v_id", changed.Version)],
            [.. changed.Participants.Select(GroupNodes.Format)]),
        ParticipantNumberChanged renamed => new("modify", [], [.. renamed.Participants.Select(GroupNodes.Format)]),
        SubjectChanged named => new("subject", [("subject", named.Subject), ("s_o", named.By), ("s_t", GroupNodes.Text(named.At))]),
        DescriptionChanged described => new(
            "description", [("id", described.Version)], described.Text is { } text ? Node.Of("body", text) : new Node("delete")),
        AnnouncementChanged setting => new(setting.IsAnnouncement ? "announcement" : "not_announcement", [("v_id", setting.Version)]),
        LockChanged setting => new(setting.IsLocked ? "locked" : "unlocked"),
        ExpirationChanged { Expiration: { } after } => new("ephemeral", [("expiration", (long)after.TotalSeconds)]),
        ExpirationChanged => new("not_ephemeral"),
        InviteCodeChanged invite => new("invite", [("code", invite.Code)]),
        MemberAddModeChanged setting => GroupNodes.Format(setting.Mode),
        ApprovalChanged setting => GroupNodes.FormatApproval(setting.IsRequired),
        JoinRequested asked => new("created_membership_requests", [("request_method", asked.Method)], Named(asked.Users, "requested_user")),
        JoinRequestEnded ended => new("revoked_membership_requests", [], Named(ended.Users, "participant")),
        CommunityChanged { IsLinked: true } linked => new("link", [("link_type", linked.Relation)], Others(linked.Groups)),
        CommunityChanged unlinked => new("unlink", [("unlink_type", unlinked.Relation)], Others(unlinked.Groups)),
        GroupDeleted deleted => new("delete", [("reason", deleted.Reason)]),
        SuspensionChanged suspension => new(suspension.IsSuspended ? "suspended" : "unsuspended"),
        OtherGroupChange other => new(other.Name),
        _ => throw new ArgumentException($"There is no form for a {change.GetType().Name}.", nameof(change)),
    };

    private static IReadOnlyList<Node> Named(IReadOnlyList<Jid> users, string tag) => [.. users.Select(user => new Node(tag, [("jid", user)]))];

    private static IReadOnlyList<Node> Others(IReadOnlyList<Jid> groups) => [.. groups.Select(group => new Node("group", [("jid", group)]))];
}
