namespace Recado.Protocol.Groups;

/// <summary>By which of their two names a group knows its members.</summary>
public enum AddressingMode
{
    /// <summary>By phone number.</summary>
    PhoneNumber,

    /// <summary>By LID; members need not know each other's numbers.</summary>
    Lid,
}

/// <summary>What a member may do.</summary>
public enum GroupRole
{
    /// <summary>Take part.</summary>
    Member,

    /// <summary>Manage the group.</summary>
    Admin,

    /// <summary>Manage the group, and not be removed by other admins: its creator.</summary>
    SuperAdmin,
}

/// <summary>Who may add members.</summary>
public enum MemberAddMode
{
    /// <summary>Only admins.</summary>
    Admins,

    /// <summary>Every member.</summary>
    Everyone,
}

/// <summary>A member of a group.</summary>
/// <param name="Jid">The name by which the group knows the member.</param>
/// <param name="Role">What the member may do.</param>
/// <param name="PhoneNumber">The phone number, when it is known.</param>
/// <param name="Lid">The LID, when it is known.</param>
/// <param name="Label">What is shown for a stranger, such as a number with most digits hidden.</param>
public sealed record GroupParticipant(Jid Jid, GroupRole Role = GroupRole.Member, Jid? PhoneNumber = null, Jid? Lid = null, string? Label = null);

/// <summary>The description of a group.</summary>
/// <param name="Text">The text.</param>
/// <param name="Id">Its version; a change names the version it replaces.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="At">When.</param>
public sealed record GroupDescription(string Text, string? Id, Jid? Author = null, DateTimeOffset? At = null);

/// <summary>A group, as the service describes it.</summary>
/// <param name="Jid">The group.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Participants">Its members; empty when the service does not say, as for those who are not in it.</param>
public sealed record GroupInfo(Jid Jid, string Subject, IReadOnlyList<GroupParticipant> Participants)
{
    /// <summary>When the name was set.</summary>
    public DateTimeOffset? SubjectAt { get; init; }

    /// <summary>Who set it.</summary>
    public Jid? SubjectBy { get; init; }

    /// <summary>When the group was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Who made it.</summary>
    public Jid? Creator { get; init; }

    /// <summary>The phone number of who made it.</summary>
    public Jid? CreatorPhoneNumber { get; init; }

    /// <summary>How it knows its members; null when the service does not say.</summary>
    public AddressingMode? Addressing { get; init; }

    /// <summary>How many members it has; may exceed the number of <see cref="Participants"/>.</summary>
    public int Size { get; init; }

    /// <summary>The version of the list of members.</summary>
    public string? ParticipantVersion { get; init; }

    /// <summary>What it is about.</summary>
    public GroupDescription? Description { get; init; }

    /// <summary>Whether only admins may write.</summary>
    public bool IsAnnouncement { get; init; }

    /// <summary>Whether only admins may change name, picture and description.</summary>
    public bool IsLocked { get; init; }

    /// <summary>After how long messages disappear; null when they stay.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>Who may add members; null when the service does not say.</summary>
    public MemberAddMode? MemberAddMode { get; init; }

    /// <summary>Whether admins decide who joins by link.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>The community it is part of.</summary>
    public Jid? Community { get; init; }

    /// <summary>Whether it is a community.</summary>
    public bool IsCommunity { get; init; }

    /// <summary>Whether it is the announcement group of its community.</summary>
    public bool IsCommunityAnnouncement { get; init; }

    /// <summary>Whether WhatsApp has closed it.</summary>
    public bool IsSuspended { get; init; }
}
