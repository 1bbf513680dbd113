using Recado.Protocol.Binary;

namespace Recado.Protocol.Groups;

/// <summary>Something that has changed in a group. The family is closed.</summary>
public abstract record GroupChange
{
    private protected GroupChange()
    {
    }
}

/// <summary>The group was made with oneself in it, or one was added.</summary>
/// <param name="Info">The group.</param>
/// <param name="Key">The key of one's own <see cref="NewGroup"/>, when it was made here.</param>
public sealed record GroupJoined(GroupInfo Info, string? Key) : GroupChange
{
    /// <summary>Whether the group was made just now, as opposed to one that oneself was added to.</summary>
    public bool IsNew { get; init; }
}

/// <summary>Members came or went, or got another role.</summary>
/// <param name="Action">What happened to them.</param>
/// <param name="Participants">Who. A member removed by themselves has left.</param>
/// <param name="Reason">Why, such as <c>invite</c> for those who came by link.</param>
public sealed record ParticipantsChanged(ParticipantAction Action, IReadOnlyList<GroupParticipant> Participants, string? Reason) : GroupChange
{
    /// <summary>The version of the list of members before; another than the one that is known means that something was missed.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>The version of the list of members from now on.</summary>
    public string? Version { get; init; }
}

/// <summary>The actor has another number.</summary>
/// <param name="Participants">The new names.</param>
public sealed record ParticipantNumberChanged(IReadOnlyList<GroupParticipant> Participants) : GroupChange;

/// <summary>The group has another name.</summary>
/// <param name="Subject">The name.</param>
/// <param name="By">Who set it.</param>
/// <param name="At">When.</param>
public sealed record SubjectChanged(string Subject, Jid? By, DateTimeOffset? At) : GroupChange;

/// <summary>The group has another description.</summary>
/// <param name="Text">The text; null when there is none any more.</param>
/// <param name="Version">Its id.</param>
public sealed record DescriptionChanged(string? Text, string? Version) : GroupChange;

/// <summary>Who may write has changed.</summary>
/// <param name="IsAnnouncement">Whether only admins may.</param>
public sealed record AnnouncementChanged(bool IsAnnouncement) : GroupChange
{
    /// <summary>The version of this setting from now on.</summary>
    public string? Version { get; init; }
}

/// <summary>Who may change name, picture and description has changed.</summary>
/// <param name="IsLocked">Whether only admins may.</param>
public sealed record LockChanged(bool IsLocked) : GroupChange;

/// <summary>The time after which messages disappear has changed.</summary>
/// <param name="Expiration">The time; null when they stay.</param>
public sealed record ExpirationChanged(TimeSpan? Expiration) : GroupChange;

/// <summary>The group has another invite code.</summary>
/// <param name="Code">The code.</param>
public sealed record InviteCodeChanged(string Code) : GroupChange;

/// <summary>Who may add members has changed.</summary>
/// <param name="Mode">Who.</param>
public sealed record MemberAddModeChanged(MemberAddMode Mode) : GroupChange;

/// <summary>Whether admins decide who joins by link has changed.</summary>
/// <param name="IsRequired">Whether they do.</param>
public sealed record ApprovalChanged(bool IsRequired) : GroupChange;

/// <summary>Someone wants to join.</summary>
/// <param name="Users">Who.</param>
/// <param name="Method">How they came, such as <c>invite_link</c>.</param>
public sealed record JoinRequested(IReadOnlyList<Jid> Users, string? Method) : GroupChange;

/// <summary>Someone will not join: they took the wish back, or the actor refused it.</summary>
/// <param name="Users">Who.</param>
public sealed record JoinRequestEnded(IReadOnlyList<Jid> Users) : GroupChange;

/// <summary>The group and another one belong together from now on, or no longer.</summary>
/// <param name="IsLinked">Whether they do.</param>
/// <param name="Relation">What the other is to this one: <c>parent_group</c>, <c>sub_group</c> or <c>sibling_group</c>.</param>
/// <param name="Groups">The others.</param>
public sealed record CommunityChanged(bool IsLinked, string? Relation, IReadOnlyList<Jid> Groups) : GroupChange;

/// <summary>The group is no more.</summary>
/// <param name="Reason">Why.</param>
public sealed record GroupDeleted(string? Reason) : GroupChange;

/// <summary>WhatsApp has closed the group, or opened it again.</summary>
/// <param name="IsSuspended">Whether it is closed.</param>
public sealed record SuspensionChanged(bool IsSuspended) : GroupChange;

/// <summary>Something this version has no word for.</summary>
/// <param name="Name">The service's word.</param>
public sealed record OtherGroupChange(string Name) : GroupChange
{
    /// <summary>All that the service said about it.</summary>
    public Node? Raw { get; init; }
}
