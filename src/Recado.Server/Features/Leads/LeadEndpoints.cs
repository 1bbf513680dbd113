using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

internal static class LeadEndpoints
{
    private const int DefaultPage = 50;

    public static void MapLeads(this IEndpointRouteBuilder api)
    {
        var leads = api.MapGroup("/leads").WithTags("Leads").NeedsScope(ApiScopes.Manage).FiltersSessions()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);
        leads.MapGet("/", ListAsync).WithSummary("Reads a page of leads, newest first");
        leads.MapPost("/", AddAsync).WithSummary("Adds a lead").Audited("lead.create").WithMetadata(Additions)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

        var lead = leads.MapGroup("/{id:guid}").ProducesProblem(StatusCodes.Status404NotFound);
        lead.MapGet("/", GetAsync).WithSummary("Reads a lead");
        lead.MapPatch("/", ChangeAsync).WithSummary("Changes a lead; what is not mentioned stays as it is").WithMetadata(Changes).Audited("lead.change")
            .ProducesProblem(StatusCodes.Status409Conflict);
        lead.MapDelete("/", DeleteAsync).WithSummary("Removes a lead; its messages stay").Audited("lead.remove");
    }

    private static async Task<Results<Ok<LeadList>, ProblemHttpResult>> ListAsync(
        [AsParameters] LeadListRequest request, ClaimsPrincipal user, OwnedSessions sessions, ILeadStore leads, CancellationToken ct)
    {
        RowCursor? before = null;
        if (request.Before is { } text && !RowCursor.TryParse(text, out before))
            return Problems.InvalidField("before", "'before' is not a cursor. Take it from 'next' of the page before.").ToResult();

        var caller = user.Caller();
        if (request.Session is { } session)
        {
            if (CallerRules.CheckSession(caller, session) is { } hidden)
                return hidden.ToResult();
            if (await sessions.FindAsync(caller.Id, session, ct) is { IsGiven: false } none)
                return none.Problem.ToResult();
        }

        var page = await leads.ListAsync(
            new LeadQuery(
                caller.Id, request.Limit ?? DefaultPage, before, request.Status, request.Tag, request.Source, request.Session, request.Q, caller.Key?.Sessions),
            ct);
        return TypedResults.Ok(new LeadList(page.Leads, page.Next?.ToString()));
    }

    private static async Task<Results<Created<LeadDetail>, ProblemHttpResult>> AddAsync(
        LeadRequest request, ClaimsPrincipal user, OwnedLeads leads, AuditNote note, CancellationToken ct)
    {
        var added = await leads.AddAsync(user.Caller(), request, ct);
        if (added.IsGiven)
            (note.SessionId, note.Target) = (added.Value.SessionId, added.Value.Id.ToString("D"));

        return added.IsGiven ? TypedResults.Created($"/api/leads/{added.Value.Id}", new LeadDetail(added.Value)) : added.Problem.ToResult();
    }

    private static async Task<Results<Ok<LeadDetail>, ProblemHttpResult>> GetAsync(Guid id, ClaimsPrincipal user, OwnedLeads leads, CancellationToken ct)
    {
        var found = await leads.FindAsync(user.Caller(), id, ct);
        return found.IsGiven ? TypedResults.Ok(new LeadDetail(found.Value)) : found.Problem.ToResult();
    }

    private static async Task<Results<Ok<LeadDetail>, ProblemHttpResult>> ChangeAsync(
        Guid id, LeadRequest request, ClaimsPrincipal user, OwnedLeads leads, CancellationToken ct)
    {
        var changed = await leads.ChangeAsync(user.Caller(), id, request, ct);
        return changed.IsGiven ? TypedResults.Ok(new LeadDetail(changed.Value)) : changed.Problem.ToResult();
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> DeleteAsync(Guid id, ClaimsPrincipal user, OwnedLeads leads, CancellationToken ct)
    {
        var removed = await leads.RemoveAsync(user.Caller(), id, ct);
        return removed.IsGiven ? TypedResults.Ok(new Success()) : removed.Problem.ToResult();
    }

    private static RequestExamples Additions => new(
    [
        new RequestExample("by_hand", "A person with a phone number", new JsonObject
        {
            ["name"] = "Carla Souza",
            ["phone_number"] = "+55 11 91234-5678",
            ["email"] = "carla@example.org",
            ["company"] = "Souza Flores",
            ["source"] = "fair",
            ["tags"] = new JsonArray("hot", "flowers"),
            ["data"] = new JsonObject { ["budget"] = 1200 },
        }),
        new RequestExample("free_form", "What the caller keeps of a lead, in data; 'notes' goes there as well", new JsonObject
        {
            ["data"] = new JsonObject { ["name"] = "Carla" },
            ["status"] = "new",
            ["notes"] = "Call back on Monday",
        }),
    ]);

    private static RequestExamples Changes => new(
    [
        new RequestExample("status", "Another status and other tags", new JsonObject { ["status"] = "won", ["tags"] = new JsonArray("customer") }),
        new RequestExample("clear", "No email any more", new JsonObject { ["email"] = null }),
    ]);
}

/// <summary>Which page of leads.</summary>
public sealed record LeadListRequest
{
    /// <summary>Leads on the page: 1 to 200, 50 by default.</summary>
    [Range(1, 200, ErrorMessage = "'limit' must be between 1 and 200.")]
    public int? Limit { get; init; }

    /// <summary>Where the page before this one ended: its <c>next</c>.</summary>
    public string? Before { get; init; }

    /// <summary>Leads of this status.</summary>
    [StringLength(100, MinimumLength = 1, ErrorMessage = "'status' must have 1 to 100 characters.")]
    public string? Status { get; init; }

    /// <summary>Leads that have this tag.</summary>
    [StringLength(50, MinimumLength = 1, ErrorMessage = "'tag' must have 1 to 50 characters.")]
    public string? Tag { get; init; }

    /// <summary>Leads from this source: <c>whatsapp</c> and <c>whatsapp_ad</c> for those that came by a message.</summary>
    [StringLength(100, MinimumLength = 1, ErrorMessage = "'source' must have 1 to 100 characters.")]
    public string? Source { get; init; }

    /// <summary>Leads of this session.</summary>
    public Guid? Session { get; init; }

    /// <summary>A part of the name, company, phone number, email or a value in the data, in any case.</summary>
    [StringLength(256, MinimumLength = 1, ErrorMessage = "'q' must have 1 to 256 characters.")]
    public string? Q { get; init; }
}

internal sealed record LeadList(IReadOnlyList<LeadRow> Leads, string? Next);

internal sealed record LeadDetail(LeadRow Lead);
