using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Storage;

namespace Recado.Server.Features.Audit;

internal static class AuditEndpoints
{
    private const int DefaultPage = 50;

    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).WithTags("Audit").ForUsersOnly()
            .WithSummary("Reads a page of what was done in the user's name, newest first")
            .WithDescription("Who (the user, or an API key by its prefix), what, to which session, from where, and with what outcome. Kept for 90 days.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);

    private static async Task<Results<Ok<AuditList>, ProblemHttpResult>> ListAsync(
        [AsParameters] AuditListRequest request, ClaimsPrincipal user, IAuditLog log, AuditTrail trail, CancellationToken ct)
    {
        Guid? before = null;
        if (request.Before is { } text)
        {
            if (!Guid.TryParseExact(text, "N", out var id))
                return Problems.InvalidField("before", "'before' is not a cursor. Take it from 'next' of the page before.").ToResult();

            before = id;
        }

        await trail.FlushAsync(ct); // who asks right after doing something finds it
        var limit = request.Limit ?? DefaultPage;
        var rows = await log.ListAsync(new AuditQuery(user.Id(), limit + 1, before, request.Session, request.Action), ct);
        var entries = rows.Take(limit).ToList();
        return TypedResults.Ok(new AuditList(entries, rows.Count > limit ? entries[^1].Id.ToString("N") : null));
    }
}

/// <summary>Which page of the audit log.</summary>
public sealed record AuditListRequest
{
    /// <summary>Entries on the page: 1 to 200, 50 by default.</summary>
    [Range(1, 200, ErrorMessage = "'limit' must be between 1 and 200.")]
    public int? Limit { get; init; }

    /// <summary>Where the page before this one ended: its <c>next</c>.</summary>
    public string? Before { get; init; }

    /// <summary>Id of a session: what was done to it.</summary>
    public Guid? Session { get; init; }

    /// <summary>Name of an action, such as <c>session.create</c>.</summary>
    [StringLength(64, MinimumLength = 1, ErrorMessage = "'action' must be the name of an action, such as session.create.")]
    public string? Action { get; init; }
}

internal sealed record AuditList(IReadOnlyList<AuditRow> Entries, string? Next);
