using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.People;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

/// <summary>The picture of a group. It is read as a contact's is.</summary>
internal static class GroupPictureEndpoints
{
    public static void MapGroupPicture(this IEndpointRouteBuilder group)
    {
        group.MapPut("/picture", SetAsync).WithName("SetGroupPicture").Audited("group.set_picture").WithSummary("Sets a group's picture: an image as the body, or the id of an upload as JSON")
            .Accepts<PictureRequest>("application/json", "image/jpeg", "image/png", "image/webp")
            .WithMetadata(new RequestSizeLimitAttribute(PictureUploads.LargestImage))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group.MapDelete("/picture", RemoveAsync).WithName("RemoveGroupPicture").Audited("group.remove_picture").WithSummary("Takes a group's picture away");
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> SetAsync(
        Guid id, string group, HttpRequest request, ClaimsPrincipal user, OwnedSessions sessions, PictureUploads uploads, CancellationToken ct)
    {
        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        var picture = await uploads.ReadAsync(user.Caller(), request, ct);
        return picture.IsGiven ? await ApplyAsync(id, group, picture.Value, user, sessions, ct) : picture.Problem.ToResult();
    }

    private static Task<Results<Ok<Success>, ProblemHttpResult>> RemoveAsync(
        Guid id, string group, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        ApplyAsync(id, group, jpeg: null, user, sessions, ct);

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> ApplyAsync(
        Guid id, string group, byte[]? jpeg, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (GroupRules.Address(group) is not { } jid)
            return GroupProblems.NoSuchGroup().ToResult();

        var set = await sessions.AskAsync(
            user.Id(), id, new SetGroupPicture(jid, jpeg), ct, code => PictureUploads.Explain(code) ?? GroupProblems.Of(code));
        return set.IsGiven ? TypedResults.Ok(new Success()) : set.Problem.ToResult();
    }
}
