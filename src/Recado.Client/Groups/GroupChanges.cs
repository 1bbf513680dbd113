using Recado.Protocol;
using Recado.Protocol.Groups;

namespace Recado.Client.Groups;

/// <summary>A group after a change.</summary>
internal static class GroupChanges
{
    /// <summary>Null when what was known cannot be brought up to date: a change was missed, or says too little.</summary>
    public static GroupInfo? Apply(this GroupInfo info, GroupChange change, Jid? actor, DateTimeOffset at)
    {
        return change switch
        {
            GroupJoined joined => joined.Info with { Jid = info.Jid },
            ParticipantsChanged members when members.PreviousVersion == info.ParticipantVersion =>
                info.WithMembers(members) with { ParticipantVersion = members.Version ?? info.ParticipantVersion },
            ParticipantsChanged or ParticipantNumberChanged or CommunityChanged or GroupDeleted => null,
            SubjectChanged subject =>
                info with { Subject = subject.Subject, SubjectBy = subject.By ?? actor, SubjectAt = subject.At ?? at },
            DescriptionChanged { Text: { } text } described => info with { Description = new(text, described.Version, actor, at) },
            DescriptionChanged => info with { Description = null },
            AnnouncementChanged announcement => info with { IsAnnouncement = announcement.IsAnnouncement },
            LockChanged locked => info with { IsLocked = locked.IsLocked },
            ExpirationChanged expiration => info with { Expiration = expiration.Expiration },
            MemberAddModeChanged mode => info with { MemberAddMode = mode.Mode },
            ApprovalChanged approval => info with { RequiresApproval = approval.IsRequired },
            SuspensionChanged suspension => info with { IsSuspended = suspension.IsSuspended },
            _ => info, // codes, wishes to join, and what is not known say nothing about the group itself
        };
    }

    private static GroupInfo WithMembers(this GroupInfo info, ParticipantsChanged change)
    {
        // Whoever is meant is known by any of their names: the service may name them otherwise than the group does.
        var names = change.Participants.SelectMany(Names).ToHashSet();
        bool IsMeant(GroupParticipant member) => Names(member).Any(names.Contains);

        var others = info.Participants.Where(member => !IsMeant(member));
        var named = change.Participants.Select(member => member with { Jid = NameIn(info, member) }).DistinctBy(member => member.Jid);
        var role = change.Action == ParticipantAction.Promote ? GroupRole.Admin : GroupRole.Member;
        GroupParticipant[] members = change.Action switch
        {
            ParticipantAction.Remove => [.. others],
            ParticipantAction.Add => [.. others, .. named],
            _ => [.. info.Participants.Select(member => IsMeant(member) ? member with { Role = role } : member)],
        };
        return info with { Participants = members, Size = Math.Max(0, info.Size + members.Length - info.Participants.Count) };
    }

    private static IEnumerable<Jid> Names(GroupParticipant member) =>
        new[] { member.Jid.ToUser(), member.Lid, member.PhoneNumber }.OfType<Jid>();

    private static Jid NameIn(GroupInfo info, GroupParticipant member)
    {
        var name = info.Addressing switch
        {
            AddressingMode.Lid => member.Lid,
            AddressingMode.PhoneNumber => member.PhoneNumber,
            _ => null,
        };
        return name ?? member.Jid.ToUser();
    }
}
