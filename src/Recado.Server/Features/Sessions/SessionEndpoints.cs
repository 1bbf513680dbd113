using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

internal static class SessionEndpoints
{
    private const string Disconnected = "session.disconnect", Purged = "session.purge";

    public static void MapSessions(this IEndpointRouteBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions").NeedsScope(ApiScopes.Manage).ProducesProblem(StatusCodes.Status401Unauthorized);
        sessions.MapGet("/", ListAsync).FiltersSessions().WithSummary("Lists the user's sessions, newest first");
        sessions.MapPost("/", CreateAsync).WithSummary("Adds a session and begins to show QR codes").Audited("session.create")
            .ProducesProblem(StatusCodes.Status409Conflict);

        var session = sessions.MapGroup("/{id:guid}").ProducesProblem(StatusCodes.Status404NotFound);
        session.MapGet("/", GetAsync).WithSummary("Reads a session");
        session.MapPatch("/", ChangeAsync).Audited("session.change").WithSummary("Changes a session's name and settings; what is not mentioned stays as it is");
        session.MapGet("/status", StatusAsync).WithSummary("Reads a session's state and the QR code that waits to be scanned");
        session.MapGet("/qr", QrImageAsync).WithSummary("Shows the current QR code as PNG or SVG")
            .Produces(StatusCodes.Status200OK, contentType: QrFormat.Png, additionalContentTypes: QrFormat.Svg)
            .ProducesProblem(StatusCodes.Status406NotAcceptable).ProducesProblem(StatusCodes.Status409Conflict);
        session.MapDelete("/", DeleteAsync).Audited(Disconnected).WithSummary("Closes a session's connection and keeps the pairing; with purge, unlinks and erases it");
        session.MapPost("/connect", ConnectAsync).Audited("session.connect").WithSummary("Resumes a session, or begins a new pairing of a logged-out one");
        session.MapPost("/logout", LogoutAsync).Audited("session.logout").WithSummary("Unlinks a session from the phone");
    }

    private static async Task<Ok<SessionList>> ListAsync(ClaimsPrincipal user, ISessionStore sessions, CancellationToken ct) =>
        TypedResults.Ok(new SessionList([.. (await sessions.ListAsync(user.Id(), ct)).Where(row => user.Caller().Sees(row.Id))]));

    private static async Task<Results<Created<SessionCreated>, ProblemHttpResult>> CreateAsync(
        CreateSessionRequest? request, ClaimsPrincipal user, OwnedSessions sessions, AuditNote note, CancellationToken ct)
    {
        var added = await sessions.AddAsync(user.Id(), request?.Name, request?.PhoneNumber, ct);
        if (!added.IsGiven)
            return added.Problem.ToResult();

        var row = added.Value;
        note.SessionId = row.Id;
        var connected = await sessions.ConnectAsync(user.Id(), row.Id, ct);
        if (!connected.IsGiven)
            return connected.Problem.ToResult();

        return TypedResults.Created(
            $"/api/sessions/{row.Id}", new SessionCreated(row.Id, "The session is connecting. Scan the QR code with WhatsApp on the phone.", row));
    }

    private static async Task<Results<Ok<SessionDetail>, ProblemHttpResult>> GetAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var found = await sessions.FindAsync(user.Id(), id, ct);
        return found.IsGiven ? TypedResults.Ok(new SessionDetail(found.Value)) : found.Problem.ToResult();
    }

    private static async Task<Results<Ok<SessionDetail>, ProblemHttpResult>> ChangeAsync(
        Guid id, ChangeSessionRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var changed = await sessions.ChangeAsync(user.Id(), id, request, ct);
        return changed.IsGiven ? TypedResults.Ok(new SessionDetail(changed.Value)) : changed.Problem.ToResult();
    }

    private static async Task<Results<Ok<SessionStatusResponse>, ProblemHttpResult>> StatusAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var found = await sessions.StatusAsync(user.Id(), id, ct);
        return found.IsGiven ? TypedResults.Ok(SessionStatusResponse.Of(found.Value)) : found.Problem.ToResult();
    }

    private static async Task<Results<FileContentHttpResult, ContentHttpResult, ProblemHttpResult>> QrImageAsync(
        Guid id, HttpRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (QrFormat.Choose(request) is not { } format)
            return Problems.Result(StatusCodes.Status406NotAcceptable, "not_acceptable", "The QR code is served as image/png or image/svg+xml.");

        var found = await sessions.StatusAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        if (found.Value.Qr is not { } qr)
        {
            return Problems.Result(
                StatusCodes.Status409Conflict, "no_qr_code", $"No QR code waits to be scanned; the session's status is '{found.Value.Status}'.");
        }

        return format == QrFormat.Svg
            ? TypedResults.Text(QrImage.Svg(qr.Code), format)
            : TypedResults.File(QrImage.Png(qr.Code), format);
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> DeleteAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, AuditNote note, CancellationToken ct, bool purge = false)
    {
        note.Action = purge ? Purged : Disconnected;
        return Done(purge ? await sessions.PurgeAsync(user.Id(), id, ct) : await sessions.DisconnectAsync(user.Id(), id, ct));
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> ConnectAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        Done(await sessions.ConnectAsync(user.Id(), id, ct));

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> LogoutAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct) =>
        Done(await sessions.LogoutAsync(user.Id(), id, ct));

    private static Results<Ok<Success>, ProblemHttpResult> Done(Answer<SessionRow> answer) =>
        answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
}

/// <param name="Name">What the user calls the session.</param>
/// <param name="PhoneNumber">Asks for pairing by code instead of QR.</param>
public sealed record CreateSessionRequest([StringLength(OwnedSessions.LongestName, ErrorMessage = OwnedSessions.NameIsTooLong)] string? Name = null, string? PhoneNumber = null);

internal sealed record SessionList(IReadOnlyList<SessionRow> Sessions);

internal sealed record SessionCreated(Guid SessionId, string Message, SessionRow Session);

internal sealed record SessionDetail(SessionRow Session);

internal sealed record Success
{
    [JsonPropertyName("success")] public bool IsSuccess => true;
}

/// <param name="Qr">The QR code as a PNG data URL, or null when none waits to be scanned.</param>
/// <param name="Code">The QR code's text.</param>
internal sealed record SessionStatusResponse(
    string Status, string? PhoneNumber, string? Qr, string? Code, DateTimeOffset? ExpiresAt, string? PairingCode, string? Reason, string? ReasonCode)
{
    public static SessionStatusResponse Of(SessionStatus status) => new(
        status.Status, status.PhoneNumber, status.Qr is { } qr ? QrImage.DataUrl(qr.Code) : null, status.Qr?.Code, status.Qr?.ExpiresAt,
        PairingCode: null, status.Reason, status.ReasonCode);
}
