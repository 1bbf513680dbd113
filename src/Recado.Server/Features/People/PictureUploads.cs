using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.People;

/// <summary>Pictures that users give for themselves or a group: any image, of which the middle is taken and scaled as WhatsApp wants it.</summary>
internal sealed class PictureUploads(IMediaStore store, MediaFiles files, Pictures pictures)
{
    public const int LargestImage = 16 * 1024 * 1024;

    /// <summary>Reads the image in a request's body, or the upload that its JSON names.</summary>
    /// <returns>A square JPEG.</returns>
    public async Task<Answer<byte[]>> ReadAsync(AuthenticatedUser caller, HttpRequest request, CancellationToken ct)
    {
        var file = files.Create();
        try
        {
            if (!request.HasJsonContentType())
                await request.Body.CopyToAsync(file, ct);
            else if (!await CopyUploadAsync(request, caller, file, ct))
                return Problems.InvalidField("id", "'id' names no file that you have uploaded.", "media_not_found");

            await file.FlushAsync(ct);
            return await pictures.MakeProfilePictureAsync(file.Name, ct);
        }
        catch (MediaRefusedException)
        {
            return NotAcceptable("The body is no image that can be decoded. Send a JPEG, PNG or WebP.");
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    /// <summary>What WhatsApp's refusal of a picture means.</summary>
    public static ProblemDetails? Explain(int code) => code == StatusCodes.Status406NotAcceptable ? NotAcceptable("WhatsApp does not accept the image.") : null;

    private async Task<bool> CopyUploadAsync(HttpRequest request, AuthenticatedUser caller, FileStream destination, CancellationToken ct)
    {
        PictureRequest? body;
        try
        {
            body = await request.ReadFromJsonAsync<PictureRequest>(ct);
        }
        catch (JsonException)
        {
            return false;
        }

        if (body?.Id is not { } upload || await store.FindAsync(caller.Id, upload, ct) is not { Status: MediaStatuses.Stored, Size: <= LargestImage } row
            || !caller.Sees(row.SessionId))
        {
            return false;
        }

        await using var stored = await files.OpenAsync(row.Sha256, ct);
        if (stored is null)
            return false;

        await stored.CopyToAsync(destination, ct);
        return true;
    }

    private static ProblemDetails NotAcceptable(string sentence) =>
        Problems.Details(StatusCodes.Status422UnprocessableEntity, "picture_not_acceptable", sentence);
}

/// <summary>An image that was uploaded before.</summary>
public sealed record PictureRequest
{
    /// <summary>The id that the upload was given.</summary>
    public Guid? Id { get; init; }
}
