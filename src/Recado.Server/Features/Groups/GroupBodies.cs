using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Groups;

/// <summary>Changes of a group as content of a message row and of the event <c>group_update</c>.</summary>
internal static class GroupBodies
{
    private static readonly JsonSerializerOptions Json = new(RecadoJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary><c>{"type":"group_update","changes":[{"type":…,…}]}</c></summary>
    public static JsonElement Of(IReadOnlyList<GroupChange> changes) =>
        JsonSerializer.SerializeToElement(new { type = "group_update", changes = changes.Select(Change) }, Json);

    private static JsonObject Change(GroupChange change) => change switch
    {
        GroupJoined joined => Node(new { type = "joined", group = GroupView.Of(joined.Info) }),
        ParticipantsChanged members => Node(new { type = Word(members.Action), participants = Members(members.Participants), members.Reason }),
        ParticipantNumberChanged number => Node(new { type = "number_changed", participants = Members(number.Participants) }),
        SubjectChanged subject => Node(new { type = "subject", subject.Subject }),
        DescriptionChanged description => Node(new { type = "description", description = description.Text ?? "" }),
        AnnouncementChanged announcement => Node(new { type = "announcement", announcement.IsAnnouncement }),
        LockChanged locked => Node(new { type = "locked", locked.IsLocked }),
        ExpirationChanged timer => Node(new { type = "disappearing_timer", seconds = (long)(timer.Expiration?.TotalSeconds ?? 0) }),
        InviteCodeChanged => Node(new { type = "invite_link" }), // the link itself is a secret of the group
        MemberAddModeChanged mode => Node(new { type = "member_add_mode", memberAddMode = GroupWords.Of(mode.Mode) }),
        ApprovalChanged approval => Node(new { type = "approval", requiresApproval = approval.IsRequired }),
        JoinRequested wish => Node(new { type = "join_requested", users = Users(wish.Users), wish.Method }),
        JoinRequestEnded wish => Node(new { type = "join_request_ended", users = Users(wish.Users) }),
        CommunityChanged community => Node(new
        {
            type = community.IsLinked ? "linked" : "unlinked",
            community.Relation,
            groups = Users(community.Groups),
        }),
        GroupDeleted deleted => Node(new { type = "deleted", deleted.Reason }),
        SuspensionChanged suspension => Node(new { type = "suspended", suspension.IsSuspended }),
        OtherGroupChange other => Node(new { type = "other", name = other.Name }),
        _ => Node(new { type = "other", name = change.GetType().Name }),
    };

    private static string Word(ParticipantAction action) => action switch
    {
        ParticipantAction.Add => "participants_added",
        ParticipantAction.Remove => "participants_removed",
        ParticipantAction.Promote => "participants_promoted",
        _ => "participants_demoted",
    };

    private static IEnumerable<MemberView> Members(IReadOnlyList<GroupParticipant> members) => members.Select(MemberView.Of);

    private static IEnumerable<string> Users(IReadOnlyList<Jid> users) => users.Select(user => user.ToString());

    private static JsonObject Node<T>(T value) => JsonSerializer.SerializeToNode(value, Json)!.AsObject();
}
