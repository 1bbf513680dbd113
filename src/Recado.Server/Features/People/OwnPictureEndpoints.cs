using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.People;

/// <summary>The account's own picture: any image, of which the middle is taken and scaled as WhatsApp wants it.</summary>
internal static class OwnPictureEndpoints
{
    private const int LargestImage = 16 * 1024 * 1024;

    public static void MapOwnPicture(this IEndpointRouteBuilder profile)
    {
        profile.MapPut("/picture", SetAsync).WithSummary("Sets the account's own picture: an image as the body, or the id of an upload as JSON")
            .Accepts<OwnPictureRequest>("application/json", "image/jpeg", "image/png", "image/webp").WithMetadata(new RequestSizeLimitAttribute(LargestImage))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        profile.MapDelete("/picture", RemoveAsync).WithSummary("Takes the account's own picture away");
    }

    private static async Task<Results<Ok<OwnPictureResponse>, ProblemHttpResult>> SetAsync(
        Guid id, HttpRequest request, ClaimsPrincipal user, OwnedSessions sessions, IMediaStore store, MediaFiles files, Pictures pictures, CancellationToken ct)
    {
        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        var file = files.Create();
        try
        {
            if (!request.HasJsonContentType())
                await request.Body.CopyToAsync(file, ct);
            else if (!await CopyUploadAsync(request, user.Id(), file, store, files, ct))
                return Problems.InvalidField("id", "'id' names no file that you have uploaded.", "media_not_found").ToResult();

            await file.FlushAsync(ct);
            var jpeg = await pictures.MakeProfilePictureAsync(file.Name, ct);
            var answer = await sessions.AskAsync(
                user.Id(), id, new SetOwnPicture(jpeg), ct, code => code == StatusCodes.Status406NotAcceptable ? NotAcceptable("WhatsApp does not accept the image.") : null);
            return answer.IsGiven ? TypedResults.Ok(new OwnPictureResponse(true, answer.Value.PictureId)) : answer.Problem.ToResult();
        }
        catch (MediaRefusedException)
        {
            return NotAcceptable("The body is no image that can be decoded. Send a JPEG, PNG or WebP.").ToResult();
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    private static async Task<bool> CopyUploadAsync(
        HttpRequest request, Guid userId, FileStream destination, IMediaStore store, MediaFiles files, CancellationToken ct)
    {
        OwnPictureRequest? body;
        try
        {
            body = await request.ReadFromJsonAsync<OwnPictureRequest>(ct);
        }
        catch (JsonException)
        {
            return false;
        }

        if (body?.Id is not { } upload || await store.FindAsync(userId, upload, ct) is not { Status: MediaStatuses.Stored, Size: <= LargestImage } row)
            return false;

        await using var stored = await files.OpenAsync(row.Sha256, ct);
        if (stored is null)
            return false;

        await stored.CopyToAsync(destination, ct);
        return true;
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> RemoveAsync(Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var answer = await sessions.AskAsync(user.Id(), id, new SetOwnPicture(null), ct);
        return answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
    }

    private static ProblemDetails NotAcceptable(string sentence) =>
        Problems.Details(StatusCodes.Status422UnprocessableEntity, "picture_not_acceptable", sentence);
}

/// <summary>An image that was uploaded before.</summary>
public sealed record OwnPictureRequest
{
    /// <summary>The id that the upload was given.</summary>
    public Guid? Id { get; init; }
}

/// <param name="PictureId">Its id, if WhatsApp tells.</param>
internal sealed record OwnPictureResponse(bool Success, string? PictureId);
