using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Control;

/// <summary>Files that phones send and receive, and what becomes of them on the media host.</summary>
internal static class MediaEndpoints
{
    private const long LargestFile = 2L * 1024 * 1024 * 1024;

    public static RouteGroupBuilder MapMedia(this RouteGroupBuilder group)
    {
        group.MapPost("/accounts/{phone}/media", SendAsync).WithName("SendMediaFromPhone")
            .WithSummary("Let the phone send a file: as JSON with the file in base64, or the file itself as body with the rest in the query")
            .WithMetadata(new RequestSizeLimitAttribute(LargestFile))
            .Accepts<SendMediaRequest>("application/json", "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/accounts/{phone}/inbox/{id}/media", ReadAsync).WithName("ReadMediaOnPhone")
            .WithSummary("Open a file in the phone, decrypted and checked").Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapDelete("/media", (SimulatedService service, bool keepOnPhones = true) =>
            TypedResults.Ok(new ForgottenMediaResponse(service.ForgetMedia(keepOnPhones))))
            .WithName("ForgetMedia").WithSummary("Let the media host forget every file, as after some weeks; phones can upload theirs again unless told otherwise");
        return group;
    }

    private static async Task<Ok<SentResponse>> SendAsync(string phone, HttpRequest request, SimulatedService service, CancellationToken ct)
    {
        var sender = service.Phone(phone);
        if (request.HasJsonContentType())
        {
            var body = await request.ReadFromJsonAsync<SendMediaRequest>(ct);
            var (to, kind) = (Required(body?.To, "to"), Required(body?.Kind, "kind"));
            using var file = new MemoryStream(body!.Data ?? throw new BadRequestException("The body has no 'data', the file in base64."));
            return TypedResults.Ok(new SentResponse(
                await sender.SendMediaAsync(to, new PhoneMedia(kind, body.MimeType, body.Caption, body.FileName), file, ct)));
        }

        var query = request.Query;
        var media = new PhoneMedia(Required(query["kind"], "kind"), query["mimeType"], query["caption"], query["fileName"]);
        return TypedResults.Ok(new SentResponse(await sender.SendMediaAsync(Required(query["to"], "to"), media, request.Body, ct)));
    }

    private static async Task<FileStreamHttpResult> ReadAsync(string phone, string id, SimulatedService service, CancellationToken ct)
    {
        // Nothing is shown before all of it is checked.
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        try
        {
            await service.Phone(phone).ReadMediaAsync(id, file, ct);
            file.Position = 0;
            return TypedResults.Stream(file, "application/octet-stream", enableRangeProcessing: true);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw new BadRequestException($"'{name}' is missing.") : value;
}

/// <summary>A file to send.</summary>
/// <param name="To">A number (addressed by LID) or a JID (addressed as given).</param>
/// <param name="Kind"><c>image</c>, <c>video</c>, <c>gif</c>, <c>video_note</c>, <c>audio</c>, <c>voice</c>, <c>document</c> or <c>sticker</c>.</param>
/// <param name="Data">The file, in base64.</param>
/// <param name="MimeType">What the phone says it is; something fitting the kind when absent.</param>
/// <param name="Caption">Text below images, videos and documents.</param>
/// <param name="FileName">Name of a document.</param>
public sealed record SendMediaRequest(string? To, string? Kind, byte[]? Data, string? MimeType = null, string? Caption = null, string? FileName = null);

/// <summary>Files that the media host no longer has.</summary>
/// <param name="Count">How many.</param>
public sealed record ForgottenMediaResponse(int Count);
