using Recado.Protocol;
using Recado.Protocol.Groups;

namespace Recado.Server.Features.Groups;

/// <summary>A group as the API shows it. What WhatsApp does not say is null.</summary>
/// <param name="Id">JID of the group; messages take it as <c>to</c>.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Creator">JID of who made it.</param>
/// <param name="Addressing">By which name the group knows its members: <c>lid</c> or <c>phone_number</c>.</param>
/// <param name="IsAnnouncement">Whether only admins may write.</param>
/// <param name="IsLocked">Whether only admins may change subject, description and picture.</param>
/// <param name="DisappearingSeconds">After how long messages disappear; 0 when they stay.</param>
/// <param name="MemberAddMode">Who may add members: <c>admins</c> or <c>everyone</c>.</param>
/// <param name="RequiresApproval">Whether admins decide who joins by link.</param>
/// <param name="Community">JID of the community it is part of.</param>
/// <param name="Size">How many members it has; more than are listed for those who are not in it.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.view")]
internal sealed record GroupView(
    [property: Id(0)] string Id,
    [property: Id(1)] string Subject,
    [property: Id(2)] DateTimeOffset? SubjectAt,
    [property: Id(3)] string? Description,
    [property: Id(4)] string? Creator,
    [property: Id(5)] DateTimeOffset? CreatedAt,
    [property: Id(6)] string? Addressing,
    [property: Id(7)] bool IsAnnouncement,
    [property: Id(8)] bool IsLocked,
    [property: Id(9)] long DisappearingSeconds,
    [property: Id(10)] string? MemberAddMode,
    [property: Id(11)] bool RequiresApproval,
    [property: Id(12)] string? Community,
    [property: Id(13)] bool IsCommunity,
    [property: Id(14)] bool IsSuspended,
    [property: Id(15)] int Size,
    [property: Id(16)] IReadOnlyList<MemberView> Participants)
{
    public static GroupView Of(GroupInfo group) => new(
        group.Jid.ToString(), group.Subject, group.SubjectAt, group.Description?.Text, group.Creator?.ToString(), group.CreatedAt,
        group.Addressing switch { AddressingMode.Lid => "lid", AddressingMode.PhoneNumber => "phone_number", _ => null },
        group.IsAnnouncement, group.IsLocked, (long)(group.Expiration?.TotalSeconds ?? 0), GroupWords.Of(group.MemberAddMode), group.RequiresApproval,
        group.Community?.ToString(), group.IsCommunity, group.IsSuspended, Math.Max(group.Size, group.Participants.Count),
        [.. group.Participants.Select(MemberView.Of)]);
}

/// <summary>A member of a group.</summary>
/// <param name="Jid">The name by which the group knows the member.</param>
/// <param name="Role"><c>member</c>, <c>admin</c> or <c>superadmin</c>.</param>
/// <param name="PhoneNumber">Digits, when known.</param>
/// <param name="Lid">The LID, when known.</param>
/// <param name="Label">What WhatsApp shows of a stranger, such as a number with most digits hidden.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.member")]
internal sealed record MemberView(
    [property: Id(0)] string Jid, [property: Id(1)] string Role, [property: Id(2)] string? PhoneNumber, [property: Id(3)] string? Lid,
    [property: Id(4)] string? Label)
{
    public static MemberView Of(GroupParticipant member) => new(
        member.Jid.ToString(), member.Role switch { GroupRole.SuperAdmin => "superadmin", GroupRole.Admin => "admin", _ => "member" },
        member.PhoneNumber?.User, member.Lid?.ToString(), member.Label);
}

/// <summary>What became of one user in a request about several.</summary>
/// <param name="Participant">The user as the request named them.</param>
/// <param name="Jid">The user as WhatsApp names them; null when the number is not on WhatsApp.</param>
/// <param name="Code">200 when it worked; else WhatsApp's code, or 404 for a number that is not on WhatsApp.</param>
/// <param name="Error">What the code means, or null.</param>
/// <param name="InviteCode">With 403: send the user a <c>group_invite</c> with this code instead.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.member-result")]
internal sealed record MemberResult(
    [property: Id(0)] string Participant, [property: Id(1)] string? Jid, [property: Id(2)] string? PhoneNumber, [property: Id(3)] bool Success,
    [property: Id(4)] int Code, [property: Id(5)] string? Error, [property: Id(6)] string? InviteCode, [property: Id(7)] DateTimeOffset? InviteExpiresAt)
{
    public static MemberResult Of(string participant, ParticipantResult result) => new(
        participant, result.Jid.ToString(), result.PhoneNumber?.User, result.IsDone, result.Code,
        result.Code switch
        {
            ParticipantResult.Done => null,
            403 => "The user does not let others add them to groups. Send them a 'group_invite' with the invite code.",
            404 => "WhatsApp knows no such user, or the user is not in the group.",
            409 => "Nothing had to change: the user has that membership already.",
            408 => "The user has left the group a short while ago and cannot be added yet.",
            419 => "The group is full.",
            var code => $"WhatsApp refused with code {code}.",
        },
        result.Invite?.Code, result.Invite?.ExpiresAt);

    public static MemberResult NotOnWhatsApp(string participant) => new(
        participant, Jid: null, PhoneNumber: null, Success: false, StatusCodes.Status404NotFound, "The number is not on WhatsApp.", InviteCode: null,
        InviteExpiresAt: null);
}

/// <summary>Results, in the order of the request.</summary>
[GenerateSerializer, Immutable, Alias("recado.groups.member-results")]
internal sealed record MemberResults([property: Id(0)] IReadOnlyList<MemberResult> Results);

[GenerateSerializer, Immutable, Alias("recado.groups.list")]
internal sealed record GroupList([property: Id(0)] IReadOnlyList<GroupView> Groups);

/// <param name="Participants">What became of each user who was to be a member.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.created")]
internal sealed record GroupCreated([property: Id(0)] GroupView Group, [property: Id(1)] IReadOnlyList<MemberResult> Participants);

/// <param name="Link">Whoever has it can join.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.invite")]
internal sealed record GroupInvite([property: Id(0)] string Link, [property: Id(1)] string Code);

/// <param name="Group">JID of the group.</param>
/// <param name="NeedsApproval">Whether an admin has to let the account in first.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.joined")]
internal sealed record GroupJoinResult([property: Id(0)] string Group, [property: Id(1)] bool NeedsApproval);

[GenerateSerializer, Immutable, Alias("recado.groups.join-requests")]
internal sealed record JoinRequestList([property: Id(0)] IReadOnlyList<JoinRequestView> Requests);

/// <param name="Method">How they came, such as <c>invite_link</c>.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.join-request")]
internal sealed record JoinRequestView(
    [property: Id(0)] string Jid, [property: Id(1)] string? PhoneNumber, [property: Id(2)] DateTimeOffset? At, [property: Id(3)] string? Method);

/// <summary>Words of the API for values of the protocol.</summary>
internal static class GroupWords
{
    public static string? Of(MemberAddMode? mode) => mode switch
    {
        MemberAddMode.Admins => "admins",
        MemberAddMode.Everyone => "everyone",
        _ => null,
    };

    public static MemberAddMode? ToMode(string? word) => word switch
    {
        "admins" => MemberAddMode.Admins,
        "everyone" => MemberAddMode.Everyone,
        _ => null,
    };
}
