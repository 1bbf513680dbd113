using System.Text.Json;
using Recado.Protocol.Groups;

namespace Recado.Simulator.Control;

/// <summary>A group.</summary>
/// <param name="Jid">Its JID.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Description">What it is about.</param>
/// <param name="Addressing"><c>lid</c> or <c>pn</c>: how it knows its members.</param>
/// <param name="Announcement">Whether only admins write.</param>
/// <param name="Locked">Whether only admins change name and description.</param>
/// <param name="ExpirationSeconds">After how long messages disappear; 0 when they stay.</param>
/// <param name="MemberAddMode"><c>admins</c> or <c>everyone</c>: who adds members.</param>
/// <param name="Approval">Whether admins decide who joins by link.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupResponse(
    string Jid, string Subject, string? Description, string Addressing, bool Announcement, bool Locked, long ExpirationSeconds, string MemberAddMode,
    bool Approval, IReadOnlyList<GroupMemberResponse> Members)
{
    internal static GroupResponse From(GroupInfo group) => new(
        group.Jid.ToString(), group.Subject, group.Description?.Text, group.Addressing == AddressingMode.Lid ? GroupWords.Lid : GroupWords.PhoneNumber,
        group.IsAnnouncement, group.IsLocked, (long)(group.Expiration?.TotalSeconds ?? 0),
        group.MemberAddMode == Protocol.Groups.MemberAddMode.Admins ? GroupWords.Admins : GroupWords.Everyone, group.RequiresApproval,
        [.. group.Participants.Select(p => new GroupMemberResponse(p.Jid.ToString(), p.PhoneNumber?.User, p.Lid?.ToString(), GroupWords.Role(p.Role)))]);
}

/// <summary>A member of a group.</summary>
/// <param name="Jid">The name by which the group knows the member.</param>
/// <param name="Phone">The number.</param>
/// <param name="Lid">The LID.</param>
/// <param name="Role"><c>member</c>, <c>admin</c> or <c>superadmin</c>.</param>
public sealed record GroupMemberResponse(string Jid, string? Phone, string? Lid, string Role);

/// <summary>A group to make.</summary>
/// <param name="Subject">Its name, at most 100 characters.</param>
/// <param name="Members">Numbers or JIDs of the others.</param>
/// <param name="Addressing"><c>lid</c>, the default, or <c>pn</c>.</param>
public sealed record CreateGroupRequest(string? Subject, IReadOnlyList<string>? Members = null, string? Addressing = null);

/// <summary>How a group knows its members from now on.</summary>
/// <param name="Addressing"><c>lid</c> or <c>pn</c>.</param>
public sealed record GroupAddressingRequest(string? Addressing);

/// <summary>An invite code.</summary>
/// <param name="Code">The code: the end of the link.</param>
public sealed record JoinGroupRequest(string? Code);

/// <summary>What came of joining.</summary>
/// <param name="Group">The group.</param>
/// <param name="NeedsApproval">Whether an admin has to agree first.</param>
public sealed record JoinGroupResponse(string Group, bool NeedsApproval);

/// <summary>What is to change; what is absent stays.</summary>
/// <param name="Subject">The name.</param>
/// <param name="Description">What the group is about; empty for nothing.</param>
/// <param name="Announcement">Whether only admins write.</param>
/// <param name="Locked">Whether only admins change name and description.</param>
/// <param name="ExpirationSeconds">After how long messages disappear: 86400, 604800, 7776000, or 0 for never.</param>
/// <param name="MemberAddMode"><c>admins</c> or <c>everyone</c>.</param>
/// <param name="Approval">Whether admins decide who joins by link.</param>
public sealed record ChangeGroupRequest(
    string? Subject = null, string? Description = null, bool? Announcement = null, bool? Locked = null, long? ExpirationSeconds = null,
    string? MemberAddMode = null, bool? Approval = null)
{
    internal GroupSettings ToSettings() => new()
    {
        Subject = Subject,
        Description = Description,
        IsAnnouncement = Announcement,
        IsLocked = Locked,
        Expiration = ExpirationSeconds switch
        {
            null => null,
            >= 0 and <= int.MaxValue and var seconds => TimeSpan.FromSeconds(seconds),
            _ => throw new BadRequestException("The expiration is a number of seconds, and not negative."),
        },
        MemberAddMode = MemberAddMode is { } mode ? GroupWords.AddMode(mode) : null,
        RequiresApproval = Approval,
    };
}

/// <summary>Members to change.</summary>
/// <param name="Action"><c>add</c>, <c>remove</c>, <c>promote</c> or <c>demote</c>.</param>
/// <param name="Members">Their numbers or JIDs.</param>
public sealed record ChangeMembersRequest(string? Action, IReadOnlyList<string>? Members);

/// <summary>What became of one member.</summary>
/// <param name="Jid">Who.</param>
/// <param name="Code">200, or why not.</param>
/// <param name="InviteCode">What can be sent to an account that does not let others add it.</param>
/// <param name="InviteExpiresAt">Until when that is good.</param>
public sealed record MemberResultResponse(string Jid, int Code, string? InviteCode, DateTimeOffset? InviteExpiresAt);

/// <summary>The code of a group's invite link.</summary>
/// <param name="Code">The code.</param>
public sealed record InviteCodeResponse(string Code);

/// <summary>An invitation to send.</summary>
/// <param name="To">Number or JID of the invited.</param>
/// <param name="Code">Its code, from the answer to adding the account.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
public sealed record SendInviteRequest(string? To, string? Code, DateTimeOffset? ExpiresAt = null);

/// <summary>An invitation that came as a message.</summary>
/// <param name="Code">Its code.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="Admin">Number or JID of who sent it.</param>
public sealed record AcceptInviteRequest(string? Code, DateTimeOffset? ExpiresAt, string? Admin);

/// <summary>Someone who wants to join.</summary>
/// <param name="Jid">Who.</param>
/// <param name="PhoneJid">The JID by number.</param>
/// <param name="At">Since when.</param>
/// <param name="Method">How they came.</param>
public sealed record JoinRequestResponse(string Jid, string? PhoneJid, DateTimeOffset? At, string? Method);

/// <summary>Who joins, or does not.</summary>
/// <param name="Approve">Whether they join.</param>
/// <param name="Users">Numbers or JIDs.</param>
public sealed record DecideJoinRequest(bool? Approve, IReadOnlyList<string>? Users);

/// <summary>Keys to lose.</summary>
/// <param name="Received">The sender keys of others: what they write next cannot be decrypted at first.</param>
/// <param name="Distribution">Who was given the own sender key: the next message gives it to everybody again.</param>
public sealed record ForgetKeysRequest(bool Received = false, bool Distribution = false);

/// <summary>A status update; either a text or a message.</summary>
/// <param name="Text">The text.</param>
/// <param name="Message">A message in protobuf JSON.</param>
public sealed record PostStatusRequest(string? Text = null, JsonElement? Message = null);

/// <summary>The words of the control API about groups.</summary>
internal static class GroupWords
{
    public const string Lid = "lid", PhoneNumber = "pn", Admins = "admins", Everyone = "everyone";

    public static string Role(GroupRole role) => role switch
    {
        GroupRole.Member => "member",
        GroupRole.Admin => "admin",
        _ => "superadmin",
    };

    public static AddressingMode Addressing(string? word) => word switch
    {
        Lid => AddressingMode.Lid,
        PhoneNumber => AddressingMode.PhoneNumber,
        _ => throw new BadRequestException($"There is no addressing '{word}'. It is {Lid} or {PhoneNumber}."),
    };

    public static MemberAddMode AddMode(string word) => word switch
    {
        Admins => MemberAddMode.Admins,
        Everyone => MemberAddMode.Everyone,
        _ => throw new BadRequestException($"There is no memberAddMode '{word}'. It is {Admins} or {Everyone}."),
    };

    public static ParticipantAction Action(string? word) => word switch
    {
        "add" => ParticipantAction.Add,
        "remove" => ParticipantAction.Remove,
        "promote" => ParticipantAction.Promote,
        "demote" => ParticipantAction.Demote,
        _ => throw new BadRequestException($"There is no action '{word}'. It is add, remove, promote or demote."),
    };
}
