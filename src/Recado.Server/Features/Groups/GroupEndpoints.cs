using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

internal static class GroupEndpoints
{
    public static void MapGroups(this IEndpointRouteBuilder api)
    {
        var groups = api.MapGroup("/sessions/{id:guid}/groups").WithTags("Groups").NeedsScope(ApiScopes.Manage)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway).ProducesProblem(StatusCodes.Status504GatewayTimeout);

        groups.MapGet("/", ListAsync).WithName("ListGroups").WithSummary("Lists the groups of the account");
        groups.MapPost("/", CreateAsync).WithName("CreateGroup").Audited("group.create").WithSummary("Makes a group");
        groups.MapPost("/join", JoinAsync).WithName("JoinGroup").Audited("group.join").WithSummary("Joins a group by its invite link");
        groups.MapPost("/preview", PreviewAsync).WithName("PreviewGroup").NeedsScope(ApiScopes.Read).WithSummary("Shows what an invite link leads to, without joining");

        var group = groups.MapGroup("/{group}").ProducesProblem(StatusCodes.Status403Forbidden);
        group.MapGet("/", GetAsync).WithName("GetGroup").WithSummary("Reads a group with its members");
        group.MapPatch("/", ChangeAsync).WithName("ChangeGroup").Audited("group.change").WithSummary("Changes subject, description or settings of a group");
        group.MapPost("/leave", LeaveAsync).WithName("LeaveGroup").Audited("group.leave").WithSummary("Leaves a group");
        group.MapGroupMembers();
        group.MapGroupPicture();
    }

    private static async Task<Results<Ok<GroupList>, ProblemHttpResult>> ListAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        Result(await sessions.AskAsync(user.Id(), id, new ListGroups(), ct));

    private static async Task<Results<Created<GroupCreated>, ProblemHttpResult>> CreateAsync(
        Guid id, CreateGroupRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if ((GroupRules.Subject(request.Subject, isRequired: true) ?? GroupRules.Settings(request) ?? GroupRules.Users(request.Participants, mayBeEmpty: true)) is { } fault)
            return fault.ToResult();

        var made = await sessions.AskAsync(
            user.Id(), id, new CreateGroup(request.Subject!.Trim(), request.Participants ?? [], request.Description, request.ToSettings()), ct, GroupProblems.Of);
        return made.IsGiven
            ? TypedResults.Created($"/api/sessions/{id}/groups/{made.Value.Group.Id}", made.Value)
            : made.Problem.ToResult();
    }

    private static async Task<Results<Ok<GroupJoinResult>, ProblemHttpResult>> JoinAsync(
        Guid id, InviteRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        GroupRules.Invite(request.Invite) is { } fault
            ? fault.ToResult()
            : Result(await sessions.AskAsync(user.Id(), id, new JoinGroup(request.Invite!), ct, GroupProblems.OfInvite));

    private static async Task<Results<Ok<GroupView>, ProblemHttpResult>> PreviewAsync(
        Guid id, InviteRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        GroupRules.Invite(request.Invite) is { } fault
            ? fault.ToResult()
            : Result(await sessions.AskAsync(user.Id(), id, new PreviewGroup(request.Invite!), ct, GroupProblems.OfInvite));

    private static async Task<Results<Ok<GroupView>, ProblemHttpResult>> GetAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        GroupRules.Address(group) is { } jid
            ? Result(await sessions.AskAsync(user.Id(), id, new GetGroup(jid), ct, GroupProblems.Of))
            : GroupProblems.NoSuchGroup().ToResult();

    private static async Task<Results<Ok<GroupView>, ProblemHttpResult>> ChangeAsync(
        Guid id, string group, ChangeGroupRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (GroupRules.Address(group) is not { } jid)
            return GroupProblems.NoSuchGroup().ToResult();
        if ((GroupRules.Subject(request.Subject, isRequired: false) ?? GroupRules.Settings(request)) is { } fault)
            return fault.ToResult();

        var change = new ChangeGroup(jid, request.Subject?.Trim(), request.Description, request.ToSettings());
        return Result(await sessions.AskAsync(user.Id(), id, change, ct, GroupProblems.Of));
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> LeaveAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (GroupRules.Address(group) is not { } jid)
            return GroupProblems.NoSuchGroup().ToResult();

        var left = await sessions.AskAsync(user.Id(), id, new LeaveGroup(jid), ct, GroupProblems.Of);
        return left.IsGiven ? TypedResults.Ok(new Success()) : left.Problem.ToResult();
    }

    internal static Results<Ok<T>, ProblemHttpResult> Result<T>(Answer<T> answer)
        where T : class =>
        answer.IsGiven ? TypedResults.Ok(answer.Value) : answer.Problem.ToResult();
}

/// <summary>What a group may be told at its creation and later. What is null stays as it is.</summary>
public abstract record GroupSettingsRequest
{
    /// <summary>What the group is about; empty takes it away.</summary>
    [StringLength(2048)]
    public string? Description { get; init; }

    /// <summary>Only admins may write.</summary>
    public bool? IsAnnouncement { get; init; }

    /// <summary>Only admins may change subject, description and picture.</summary>
    public bool? IsLocked { get; init; }

    /// <summary>Who may add members: <c>admins</c> or <c>everyone</c>.</summary>
    public string? MemberAddMode { get; init; }

    /// <summary>Admins decide who joins by link.</summary>
    public bool? RequiresApproval { get; init; }

    /// <summary>After how long messages disappear: 86400, 604800 or 7776000; 0 lets them stay.</summary>
    public int? DisappearingSeconds { get; init; }

    internal GroupSettings ToSettings() => new(IsAnnouncement, IsLocked, MemberAddMode, RequiresApproval, DisappearingSeconds);
}

/// <param name="Subject">The group's name.</param>
/// <param name="Participants">Phone numbers in international form or JIDs; the account itself is a member without being named.</param>
public sealed record CreateGroupRequest(string? Subject, IReadOnlyList<string>? Participants) : GroupSettingsRequest;

/// <param name="Subject">The group's name.</param>
public sealed record ChangeGroupRequest(string? Subject = null) : GroupSettingsRequest;

/// <param name="Invite">An invite link, or the code at its end.</param>
public sealed record InviteRequest(string? Invite);
