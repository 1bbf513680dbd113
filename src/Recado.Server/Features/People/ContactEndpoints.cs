using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;
using Recado.Server.Features.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.People;

internal static class ContactEndpoints
{
    private const string MediaIdHeader = "X-Media-Id";

    public static void MapContacts(this IEndpointRouteBuilder session)
    {
        var contacts = session.MapGroup("/contacts").WithTags("Contacts").NeedsScope(ApiScopes.Manage);
        contacts.MapPost("/check", CheckAsync).NeedsScope(ApiScopes.Read).WithSummary("Says which of up to 100 phone numbers have WhatsApp")
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        contacts.MapGet("/blocked", ListBlockedAsync).WithSummary("Lists the users that the account has blocked");

        var contact = contacts.MapGroup("/{jid}").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        contact.MapGet("/", GetAsync).WithSummary("Reads what a user shows of themselves: about text, picture id, business profile");
        contact.MapGet("/picture", PictureAsync).WithSummary("Fetches the picture of a user or group from WhatsApp and keeps a copy; If-None-Match with its id saves the fetching")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/jpeg").Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status403Forbidden);
        contact.MapPost("/block", (Guid id, string jid, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct) => BlockAsync(id, jid, true, user, people, ct))
            .Audited("contact.block").WithSummary("Blocks a user: nothing of theirs arrives any more, and they see nothing of the account");
        contact.MapDelete("/block", (Guid id, string jid, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct) => BlockAsync(id, jid, false, user, people, ct))
            .Audited("contact.unblock").WithSummary("Lets a blocked user through again");
    }

    private static async Task<Results<Ok<CheckedNumbersResponse>, ProblemHttpResult>> CheckAsync(
        Guid id, CheckNumbersRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var inputs = request.Numbers ?? [];
        var parsed = inputs.Select(ParseNumber).ToList();
        var answer = await sessions.AskAsync(user.Id(), id, new CheckNumbers([.. parsed.Select(number => number.Forms)]), ct);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        return TypedResults.Ok(new CheckedNumbersResponse(
            [.. answer.Value.Numbers.Select((number, i) => CheckedNumberResponse.Of(inputs[i], number, parsed[i].Fault))]));
    }

    private static (IReadOnlyList<string> Forms, string? Fault) ParseNumber(string? text)
    {
        var (recipient, fault) = Recipient.Parse(text ?? "");
        if (recipient is null)
            return ([], fault!.Replace("'to'", "The entry", StringComparison.Ordinal));

        return recipient.Forms.All(form => form.All(char.IsAsciiDigit)) ? (recipient.Forms, null) : ([], "The entry is a JID without a phone number.");
    }

    private static async Task<Results<Ok<ContactResponse>, ProblemHttpResult>> GetAsync(
        Guid id, string jid, ClaimsPrincipal user, PeopleCommands people, IChatStore chats, CancellationToken ct)
    {
        var answer = await people.AskAsync(user.Id(), id, "jid", jid, new ReadContact(), ct);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        var contact = answer.Value;
        var name = await chats.FindPushNameAsync(user.Id(), id, [.. new[] { contact.Lid, contact.Jid }.OfType<string>()], ct);
        return TypedResults.Ok(contact with { PushName = name });
    }

    private static async Task<Results<FileStreamHttpResult, StatusCodeHttpResult, ProblemHttpResult>> PictureAsync(
        Guid id, string jid, HttpRequest request, HttpResponse response, ClaimsPrincipal user, PeopleCommands people, MediaFiles files, IMediaStore store,
        CancellationToken ct, bool preview = false)
    {
        var known = request.GetTypedHeaders().IfNoneMatch is [var tag] && tag.Tag.Length > 2 ? tag.Tag.Substring(1, tag.Tag.Length - 2) : null;
        var answer = await people.AskAsync(user.Id(), id, "jid", jid, new ReadPicture(preview, known), ct, takesGroups: true);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        var picture = answer.Value;
        switch (picture.Outcome)
        {
            case PictureOutcome.Found:
                var row = await KeepAsync(picture, user.Id(), id, files, store, ct);
                response.Headers[MediaIdHeader] = row.Id.ToString();
                response.Headers.CacheControl = "private, no-cache"; // kept, but asked for again: WhatsApp says whether it has changed
                return TypedResults.Stream((await files.OpenAsync(row.Sha256, ct))!, row.MimeType, entityTag: new EntityTagHeaderValue($"\"{picture.Id}\""));
            case PictureOutcome.NotChanged:
                return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            case PictureOutcome.Hidden:
                return Problems.Result(
                    StatusCodes.Status403Forbidden, "picture_hidden", "The user does not show this account a picture; perhaps they show it to their contacts only.");
            case PictureOutcome.Unreachable:
                return Problems.Result(
                    StatusCodes.Status502BadGateway, "picture_unreachable", "WhatsApp has the picture, but it could not be fetched. Try again shortly.");
            default:
                return Problems.Result(StatusCodes.Status404NotFound, "picture_not_found", "The user has no picture.");
        }
    }

    /// <summary>The same picture keeps the same row, however often it is fetched.</summary>
    private static async Task<MediaRow> KeepAsync(PictureRead picture, Guid userId, Guid sessionId, MediaFiles files, IMediaStore store, CancellationToken ct)
    {
        var file = files.Create();
        try
        {
            await file.WriteAsync(picture.Jpeg, ct);
            var stored = await files.KeepAsync(file, ct);
            var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{userId}/{sessionId}/{picture.Id}/{stored.Sha256}")).AsSpan(0, 16), bigEndian: true);
            var row = new MediaRow(id, userId, sessionId, MediaStatuses.Stored, stored.MimeType, stored.Size, stored.Sha256, $"{picture.Id}.jpg");
            if (await store.FindAsync(userId, id, ct) is null)
                await store.AddAsync(row, ct);
            return row;
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    private static async Task<Results<Ok<BlockedList>, ProblemHttpResult>> ListBlockedAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var answer = await sessions.AskAsync(user.Id(), id, new ListBlocked(), ct);
        return answer.IsGiven ? TypedResults.Ok(answer.Value) : answer.Problem.ToResult();
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> BlockAsync(
        Guid id, string jid, bool isBlocked, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct)
    {
        var answer = await people.AskAsync(user.Id(), id, "jid", jid, new SetBlocked(isBlocked), ct);
        return answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
    }
}

/// <summary>Numbers to look up.</summary>
public sealed record CheckNumbersRequest
{
    private const string Count = "'numbers' must hold 1 to 100 phone numbers.";

    /// <summary>Phone numbers in international form, any punctuation.</summary>
    [Required(ErrorMessage = Count), MinLength(1, ErrorMessage = Count), MaxLength(100, ErrorMessage = Count)]
    public IReadOnlyList<string>? Numbers { get; init; }
}

internal sealed record CheckedNumbersResponse(IReadOnlyList<CheckedNumberResponse> Numbers);

/// <param name="Input">The number as it was given.</param>
/// <param name="Exists">Whether it has WhatsApp.</param>
/// <param name="Jid">What to send to; its digits may differ from those given (Brazil's ninth, Mexico's 1).</param>
/// <param name="Fault">What is wrong with a number that is none.</param>
internal sealed record CheckedNumberResponse(
    string Input, bool Exists, string? Jid, string? Lid, string? PhoneNumber, bool IsBusiness, string? VerifiedName, string? Fault)
{
    public static CheckedNumberResponse Of(string input, CheckedNumber number, string? fault) =>
        new(input, number.Exists, number.Jid, number.Lid, number.PhoneNumber, number.IsBusiness, number.VerifiedName, fault);
}
