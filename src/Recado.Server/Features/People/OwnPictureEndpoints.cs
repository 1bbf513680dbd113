using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>The account's own picture.</summary>
internal static class OwnPictureEndpoints
{
    public static void MapOwnPicture(this IEndpointRouteBuilder profile)
    {
        profile.MapPut("/picture", SetAsync).Audited("profile.set_picture").WithSummary("Sets the account's own picture: an image as the body, or the id of an upload as JSON")
            .Accepts<PictureRequest>("application/json", "image/jpeg", "image/png", "image/webp").WithMetadata(new RequestSizeLimitAttribute(PictureUploads.LargestImage))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        profile.MapDelete("/picture", RemoveAsync).Audited("profile.remove_picture").WithSummary("Takes the account's own picture away");
    }

    private static async Task<Results<Ok<OwnPictureResponse>, ProblemHttpResult>> SetAsync(
        Guid id, HttpRequest request, ClaimsPrincipal user, OwnedSessions sessions, PictureUploads uploads, CancellationToken ct)
    {
        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        var picture = await uploads.ReadAsync(user.Caller(), request, ct);
        if (!picture.IsGiven)
            return picture.Problem.ToResult();

        var answer = await sessions.AskAsync(user.Id(), id, new SetOwnPicture(picture.Value), ct, PictureUploads.Explain);
        return answer.IsGiven ? TypedResults.Ok(new OwnPictureResponse(true, answer.Value.PictureId)) : answer.Problem.ToResult();
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> RemoveAsync(Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var answer = await sessions.AskAsync(user.Id(), id, new SetOwnPicture(null), ct);
        return answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
    }
}

/// <param name="PictureId">Its id, if WhatsApp tells.</param>
internal sealed record OwnPictureResponse(bool Success, string? PictureId);
