using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

internal static class MediaEndpoints
{
    /// <summary>The largest document that WhatsApp takes, and room for the form around it.</summary>
    public const long LargestFile = 2L * 1024 * 1024 * 1024;

    private const int LongestName = 255, LongestBoundary = 128, FormRoom = 16 * 1024;

    public static void MapMedia(this IEndpointRouteBuilder api)
    {
        api.MapPost("/sessions/{id:guid}/media", UploadAsync).WithTags("Media").NeedsScope(ApiScopes.Send).WithSummary("Stores a file, to be sent by its id")
            .WithMetadata(new RequestSizeLimitAttribute(LargestFile + FormRoom)).DisableAntiforgery()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        api.MapGet("/media/{id:guid}", DownloadAsync).WithTags("Media").NeedsScope(ApiScopes.Read).FiltersSessions().WithSummary("Serves a file, in ranges if asked")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaType.Unknown).Produces<byte[]>(StatusCodes.Status206PartialContent, MediaType.Unknown)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Created<MediaResponse>, ProblemHttpResult>> UploadAsync(
        Guid id, HttpRequest request, ClaimsPrincipal user, OwnedSessions sessions, IMediaStore store, MediaFiles files, CancellationToken ct)
    {
        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
        {
            return Problems.Result(
                StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, "Send the file as multipart/form-data, in a field named 'file'.");
        }

        var file = files.Create();
        try
        {
            var (hasFile, name) = await ReadFileAsync(new MultipartReader(boundary, request.Body), file, ct);
            if (!hasFile)
                return Problems.InvalidField("file", "The form has no field 'file' that holds a file.").ToResult();
            if (file.Length == 0)
                return Problems.InvalidField("file", "The file is empty.", "media_empty").ToResult();

            var stored = await files.KeepAsync(file, ct);
            var row = new MediaRow(Guid.CreateVersion7(), user.Id(), id, MediaStatuses.Stored, stored.MimeType, stored.Size, stored.Sha256, name);
            await store.AddAsync(row, ct);
            return TypedResults.Created($"/api/media/{row.Id}", new MediaResponse(row.Id, stored.MimeType, stored.Size, stored.Sha256, name));
        }
        catch (IOException e) when (e is not BadHttpRequestException && !ct.IsCancellationRequested && e.Message.Contains("Unexpected end", StringComparison.Ordinal))
        {
            return Problems.Result(StatusCodes.Status400BadRequest, "upload_truncated", "The upload ended before the form was complete. Nothing was stored.");
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    private static async Task<(bool HasFile, string? Name)> ReadFileAsync(MultipartReader form, FileStream destination, CancellationToken ct)
    {
        while (await form.ReadNextSectionAsync(ct) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name != "file")
                continue;

            await section.Body.CopyToAsync(destination, ct);
            while (await form.ReadNextSectionAsync(ct) is not null)
            {
                // To the end, so that a form that breaks off is not taken for a whole one.
            }

            var name = Path.GetFileName((disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value);
            return (true, string.IsNullOrWhiteSpace(name) ? null : name.Length > LongestName ? name[..LongestName] : name);
        }

        return (false, null);
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> DownloadAsync(
        Guid id, HttpResponse response, ClaimsPrincipal user, IMediaStore store, MediaFiles files, IGrainFactory grains, CancellationToken ct)
    {
        if (await store.FindAsync(user.Id(), id, ct) is not { } row || !user.Caller().Sees(row.SessionId))
            return Problems.Result(StatusCodes.Status404NotFound, "media_not_found", "There is no such file among yours.");
        if (row.Status == MediaStatuses.Pending)
        {
            // Files of the past are fetched when somebody asks for them, which is now.
            await store.WantAsync(row, ct);
            await grains.Session(row.SessionId).FetchMediaAsync();
            response.Headers.RetryAfter = "2";
            return Problems.Result(StatusCodes.Status409Conflict, "media_pending", "The file is on its way from WhatsApp; the event media_status tells when it is here.");
        }

        if (row.Status == MediaStatuses.Failed)
            return Problems.Result(StatusCodes.Status409Conflict, "media_failed", row.Failure ?? "The file could not be fetched from WhatsApp.");
        if (await files.OpenAsync(row.Sha256, ct) is not { } file)
            return Problems.Result(StatusCodes.Status404NotFound, "media_not_found", "The file is no longer in the store.");

        var type = row.MimeType ?? MediaType.Unknown;
        var disposition = new ContentDispositionHeaderValue(MediaType.IsShownInPlace(type) ? "inline" : "attachment");
        if (row.FileName is { } name)
            disposition.SetHttpFileName(name);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, max-age=31536000, immutable"; // under an id lie the same bytes for ever
        return TypedResults.Stream(file, type, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{row.Sha256}\""));
    }
}

/// <param name="Id">What messages refer to it by.</param>
/// <param name="MimeType">What it is, by its content.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Its hash, in hex.</param>
/// <param name="FileName">The name it was uploaded under.</param>
internal sealed record MediaResponse(Guid Id, string MimeType, long Size, string Sha256, string? FileName);
