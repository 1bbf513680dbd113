using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recado.Protocol.Groups;

namespace Recado.Simulator.Control;

/// <summary>Groups, as the service keeps them and as a person holding a phone would use them, and status updates.</summary>
internal static class GroupEndpoints
{
    private const string OnPhone = "/accounts/{phone}/groups", OneOnPhone = OnPhone + "/{group}";

    public static RouteGroupBuilder MapGroups(this RouteGroupBuilder group)
    {
        group.MapGet("/groups", (SimulatedService service) => TypedResults.Ok<IReadOnlyList<GroupResponse>>([.. service.Groups.Select(GroupResponse.From)]))
            .WithName("ListSimulatedGroups").WithSummary("List every group of the service");
        group.MapGet("/groups/{group}", (string group, SimulatedService service) => TypedResults.Ok(GroupResponse.From(service.Group(group))))
            .WithName("GetSimulatedGroup").WithSummary("Describe a group").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPut("/groups/{group}/addressing", SetAddressing)
            .WithName("SetGroupAddressing").WithSummary("Let a group know its members by LID or by phone number from now on, as when it migrates")
            .ProducesProblem(StatusCodes.Status404NotFound);

        OfPhone(group.MapGet(OnPhone, List), "ListGroupsOfPhone", "List the groups the phone is in");
        OfPhone(group.MapPost(OnPhone, Create), "CreateGroupOnPhone", "Let the phone make a group");
        OfPhone(group.MapPost(OnPhone + "/join", Join), "JoinGroupOnPhone", "Let the phone join a group by the code of its invite link, or ask to");
        OfPhone(group.MapPatch(OneOnPhone, ChangeSettings), "ChangeGroupOnPhone", "Let the phone change a group's name, description or settings");
        OfPhone(group.MapDelete(OneOnPhone, Leave), "LeaveGroupOnPhone", "Let the phone leave a group");
        OfPhone(group.MapPost(OneOnPhone + "/members", ChangeMembers), "ChangeGroupMembersOnPhone", "Let the phone add, remove, promote or demote members");
        OfPhone(group.MapGet(OneOnPhone + "/invite", GetInvite), "GetInviteCodeOnPhone", "Let the phone show the group's invite code");
        OfPhone(group.MapDelete(OneOnPhone + "/invite", ResetInvite), "ResetInviteCodeOnPhone", "Let the phone replace the group's invite code");
        OfPhone(group.MapPost(OneOnPhone + "/invites", SendInviteAsync), "SendInviteFromPhone",
            "Let the phone send an invitation as a message, to an account that does not let others add it");
        OfPhone(group.MapDelete(OneOnPhone + "/invites/{invited}", RevokeInvite), "RevokeInviteOnPhone", "Let the phone take such an invitation back");
        OfPhone(group.MapPost(OneOnPhone + "/accept", Accept), "AcceptInviteOnPhone", "Let the phone join by an invitation that came as a message");
        OfPhone(group.MapGet(OneOnPhone + "/join-requests", ListJoinRequests), "ListJoinRequestsOnPhone", "Let the phone show who wants to join");
        OfPhone(group.MapPost(OneOnPhone + "/join-requests", Decide), "DecideJoinRequestsOnPhone", "Let the phone decide who joins");
        OfPhone(group.MapPost(OneOnPhone + "/forget-keys", ForgetKeys), "ForgetSenderKeysOnPhone", "Let the phone lose sender keys of a group");
        OfPhone(group.MapPut(OneOnPhone + "/picture", SetPictureAsync).Accepts<byte[]>("image/jpeg"), "SetGroupPictureOnPhone",
            "Let the phone set the group's picture, a square JPEG of 64 to 640 pixels in the body");
        OfPhone(group.MapDelete(OneOnPhone + "/picture", RemovePicture), "RemoveGroupPictureOnPhone", "Let the phone take the group's picture away");
        OfPhone(group.MapPost("/accounts/{phone}/status", PostStatusAsync), "PostStatusFromPhone", "Let the phone post a status update to its contacts");
        return group;
    }

    private static void OfPhone(RouteHandlerBuilder route, string name, string summary) => route.WithName(name).WithSummary(summary)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static Ok<GroupResponse> SetAddressing(string group, GroupAddressingRequest request, SimulatedService service)
    {
        service.SetGroupAddressing(group, GroupWords.Addressing(request.Addressing));
        return TypedResults.Ok(GroupResponse.From(service.Group(group)));
    }

    private static Ok<IReadOnlyList<GroupResponse>> List(string phone, SimulatedService service) =>
        TypedResults.Ok<IReadOnlyList<GroupResponse>>([.. service.Phone(phone).Groups.Select(GroupResponse.From)]);

    private static Ok<GroupResponse> Create(string phone, CreateGroupRequest request, SimulatedService service) =>
        TypedResults.Ok(GroupResponse.From(service.Phone(phone).CreateGroup(
            AccountEndpoints.Required(request.Subject, "subject"), request.Members ?? [], GroupWords.Addressing(request.Addressing ?? GroupWords.Lid))));

    private static Ok<JoinGroupResponse> Join(string phone, JoinGroupRequest request, SimulatedService service)
    {
        var joined = service.Phone(phone).JoinGroup(AccountEndpoints.Required(request.Code, "code"));
        return TypedResults.Ok(new JoinGroupResponse(joined.Group.ToString(), joined.NeedsApproval));
    }

    private static Ok<GroupResponse> ChangeSettings(string phone, string group, ChangeGroupRequest request, SimulatedService service)
    {
        var sender = service.Phone(phone);
        sender.ChangeGroup(group, request.ToSettings());
        return TypedResults.Ok(GroupResponse.From(sender.Group(group)));
    }

    private static NoContent Leave(string phone, string group, SimulatedService service)
    {
        service.Phone(phone).LeaveGroup(group);
        return TypedResults.NoContent();
    }

    private static Ok<IReadOnlyList<MemberResultResponse>> ChangeMembers(string phone, string group, ChangeMembersRequest request, SimulatedService service)
    {
        var action = GroupWords.Action(request.Action);
        return Results(service.Phone(phone).ChangeMembers(group, action, request.Members ?? throw new BadRequestException("The body has no 'members'.")));
    }

    private static Ok<InviteCodeResponse> GetInvite(string phone, string group, SimulatedService service) =>
        TypedResults.Ok(new InviteCodeResponse(service.Phone(phone).InviteCode(group)));

    private static Ok<InviteCodeResponse> ResetInvite(string phone, string group, SimulatedService service) =>
        TypedResults.Ok(new InviteCodeResponse(service.Phone(phone).ResetInviteCode(group)));

    private static async Task<Ok<SentResponse>> SendInviteAsync(
        string phone, string group, SendInviteRequest request, SimulatedService service, CancellationToken ct)
    {
        var invite = new ParticipantInvite(AccountEndpoints.Required(request.Code, "code"), request.ExpiresAt);
        return TypedResults.Ok(new SentResponse(await service.Phone(phone).SendInviteAsync(AccountEndpoints.Required(request.To, "to"), group, invite, ct)));
    }

    private static NoContent RevokeInvite(string phone, string group, string invited, SimulatedService service)
    {
        if (!service.Phone(phone).RevokeInvite(group, invited))
            throw new SimulatorException($"There is no invitation for {invited}.");

        return TypedResults.NoContent();
    }

    private static NoContent Accept(string phone, string group, AcceptInviteRequest request, SimulatedService service)
    {
        service.Phone(phone).AcceptInvite(
            group, AccountEndpoints.Required(request.Code, "code"), request.ExpiresAt ?? throw new BadRequestException("The body has no 'expiresAt'."),
            AccountEndpoints.Required(request.Admin, "admin"));
        return TypedResults.NoContent();
    }

    private static Ok<IReadOnlyList<JoinRequestResponse>> ListJoinRequests(string phone, string group, SimulatedService service) =>
        TypedResults.Ok<IReadOnlyList<JoinRequestResponse>>([.. service.Phone(phone).JoinRequests(group).Select(r =>
            new JoinRequestResponse(r.Jid.ToString(), r.PhoneNumber?.ToString(), r.At, r.Method))]);

    private static Ok<IReadOnlyList<MemberResultResponse>> Decide(string phone, string group, DecideJoinRequest request, SimulatedService service) => Results(
        service.Phone(phone).DecideJoinRequests(
            group, request.Approve ?? throw new BadRequestException("The body has no 'approve'."),
            request.Users ?? throw new BadRequestException("The body has no 'users'.")));

    private static NoContent ForgetKeys(string phone, string group, ForgetKeysRequest request, SimulatedService service)
    {
        var holder = service.Phone(phone);
        if (request.Received)
            holder.ForgetSenderKeys(group);
        if (request.Distribution)
            holder.ForgetDistribution(group);

        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SetPictureAsync(string phone, string group, HttpRequest request, SimulatedService service, CancellationToken ct)
    {
        var sender = service.Phone(phone);
        sender.SetGroupPicture(group, await PeopleEndpoints.ReadPictureAsync(request, ct));
        return TypedResults.NoContent();
    }

    private static NoContent RemovePicture(string phone, string group, SimulatedService service)
    {
        service.Phone(phone).SetGroupPicture(group, jpeg: null);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<SentResponse>> PostStatusAsync(string phone, PostStatusRequest request, SimulatedService service, CancellationToken ct)
    {
        var sender = service.Phone(phone);
        return TypedResults.Ok(new SentResponse(request.Message is { } message
            ? await sender.PostStatusMessageAsync(message.GetRawText(), ct)
            : await sender.PostStatusAsync(AccountEndpoints.Required(request.Text, "text"), ct)));
    }

    private static Ok<IReadOnlyList<MemberResultResponse>> Results(IReadOnlyList<ParticipantResult> results) =>
        TypedResults.Ok<IReadOnlyList<MemberResultResponse>>([.. results.Select(r =>
            new MemberResultResponse(r.Jid.ToString(), r.Code, r.Invite?.Code, r.Invite?.ExpiresAt))]);
}
