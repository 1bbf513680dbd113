using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Groups;

/// <summary>What WhatsApp's refusals mean for groups.</summary>
internal static class GroupProblems
{
    public static ProblemDetails NoSuchGroup() =>
        Problems.Details(StatusCodes.Status404NotFound, "group_not_found", "WhatsApp knows no such group. A group's JID ends in @g.us.");

    public static ProblemDetails? Of(int code) => code switch
    {
        StatusCodes.Status401Unauthorized => Problems.Details(
            StatusCodes.Status403Forbidden, "group_admin_required", "Only an admin of the group may do this. Ask one to make this account an admin."),
        StatusCodes.Status403Forbidden => Problems.Details(
            StatusCodes.Status403Forbidden, "group_not_allowed", "The account is not a member of the group, or not an admin, which this takes."),
        StatusCodes.Status404NotFound => NoSuchGroup(),
        StatusCodes.Status406NotAcceptable => Problems.Details(
            StatusCodes.Status422UnprocessableEntity, "group_change_not_acceptable", "WhatsApp does not accept this value: the subject may be too long, or the picture not an image."),
        StatusCodes.Status409Conflict => Problems.Details(
            StatusCodes.Status409Conflict, "group_changed_meanwhile", "Somebody else has changed the group at the same time. Read it and try again."),
        419 => Problems.Details(StatusCodes.Status409Conflict, "group_full", "The group is full."),
        _ => null,
    };

    public static ProblemDetails? OfInvite(int code) => code switch
    {
        StatusCodes.Status404NotFound or StatusCodes.Status406NotAcceptable => Problems.InvalidField(
            "invite", "'invite' is no invite link that WhatsApp knows.", "invalid_invite"),
        StatusCodes.Status410Gone => Problems.Details(
            StatusCodes.Status409Conflict, "invite_revoked", "The invite link is good no more. Ask an admin of the group for the new one."),
        StatusCodes.Status409Conflict => Problems.Details(StatusCodes.Status409Conflict, "already_member", "The account is a member of the group already."),
        _ => Of(code),
    };
}
