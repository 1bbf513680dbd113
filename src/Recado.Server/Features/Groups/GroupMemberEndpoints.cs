using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Protocol.Groups;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

/// <summary>Members of a group, its invite link, and who wants to join.</summary>
internal static class GroupMemberEndpoints
{
    public static void MapGroupMembers(this IEndpointRouteBuilder group)
    {
        group.MapPost("/participants", ChangeAsync).WithName("ChangeGroupParticipants").Audited("group.change_participants")
            .WithSummary("Adds, removes, promotes or demotes members, with a result for each");
        group.MapGet("/invite", GetInviteAsync).WithName("GetGroupInvite").WithSummary("Reads the invite link");
        group.MapDelete("/invite", ResetInviteAsync).WithName("ResetGroupInvite").Audited("group.reset_invite").WithSummary("Makes a new invite link; the one before is good no more");
        group.MapGet("/requests", ListRequestsAsync).WithName("ListGroupJoinRequests").WithSummary("Lists who wants to join");
        group.MapPost("/requests", DecideAsync).WithName("DecideGroupJoinRequests").Audited("group.decide_requests").WithSummary("Approves or rejects who wants to join");
    }

    private static async Task<Results<Ok<MemberResults>, ProblemHttpResult>> ChangeAsync(
        Guid id, string group, ChangeParticipantsRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (GroupRules.Address(group) is not { } jid)
            return GroupProblems.NoSuchGroup().ToResult();

        ParticipantAction? action = request.Action switch
        {
            "add" => ParticipantAction.Add,
            "remove" => ParticipantAction.Remove,
            "promote" => ParticipantAction.Promote,
            "demote" => ParticipantAction.Demote,
            _ => null,
        };
        if (action is null)
            return Problems.InvalidField("action", "'action' must be add, remove, promote or demote.").ToResult();
        if (GroupRules.Users(request.Participants, mayBeEmpty: false) is { } fault)
            return fault.ToResult();

        var change = new ChangeMembers(jid, action.Value, request.Participants!);
        return GroupEndpoints.Result(await sessions.AskAsync(user.Id(), id, change, ct, GroupProblems.Of));
    }

    private static Task<Results<Ok<GroupInvite>, ProblemHttpResult>> GetInviteAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        AskInviteAsync(id, group, isReset: false, user, sessions, ct);

    private static Task<Results<Ok<GroupInvite>, ProblemHttpResult>> ResetInviteAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        AskInviteAsync(id, group, isReset: true, user, sessions, ct);

    private static async Task<Results<Ok<GroupInvite>, ProblemHttpResult>> AskInviteAsync(
        Guid id, string group, bool isReset, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        GroupRules.Address(group) is { } jid
            ? GroupEndpoints.Result(await sessions.AskAsync(user.Id(), id, new GetInvite(jid, isReset), ct, GroupProblems.Of))
            : GroupProblems.NoSuchGroup().ToResult();

    private static async Task<Results<Ok<JoinRequestList>, ProblemHttpResult>> ListRequestsAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        GroupRules.Address(group) is { } jid
            ? GroupEndpoints.Result(await sessions.AskAsync(user.Id(), id, new ListJoinRequests(jid), ct, GroupProblems.Of))
            : GroupProblems.NoSuchGroup().ToResult();

    private static async Task<Results<Ok<MemberResults>, ProblemHttpResult>> DecideAsync(
        Guid id, string group, DecideRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (GroupRules.Address(group) is not { } jid)
            return GroupProblems.NoSuchGroup().ToResult();
        if (request.Action is not ("approve" or "reject"))
            return Problems.InvalidField("action", "'action' must be approve or reject.").ToResult();
        if (GroupRules.Users(request.Participants, mayBeEmpty: false) is { } fault)
            return fault.ToResult();

        var decision = new DecideJoinRequests(jid, request.Action == "approve", request.Participants!);
        return GroupEndpoints.Result(await sessions.AskAsync(user.Id(), id, decision, ct, GroupProblems.Of));
    }
}

/// <param name="Action"><c>add</c>, <c>remove</c>, <c>promote</c> or <c>demote</c>.</param>
/// <param name="Participants">Phone numbers in international form or JIDs.</param>
public sealed record ChangeParticipantsRequest(string? Action, IReadOnlyList<string>? Participants);

/// <param name="Action"><c>approve</c> or <c>reject</c>.</param>
/// <param name="Participants">JIDs of the list of requests, or phone numbers.</param>
public sealed record DecideRequest(string? Action, IReadOnlyList<string>? Participants);
