using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>What users write about their leads. A lead names no session that its user does not own.</summary>
internal sealed class OwnedLeads(ILeadStore leads, OwnedSessions sessions)
{
    /// <summary>One answer for what is absent and for what is another user's, so that nobody learns which.</summary>
    public static ProblemDetails NoSuchLead() =>
        Problems.Details(StatusCodes.Status404NotFound, "lead_not_found", "There is no such lead among yours.");

    public Task<Answer<LeadRow>> AddAsync(Guid userId, LeadRequest request, CancellationToken ct) => WriteAsync(
        userId, request,
        change => change.ApplyTo(new LeadRow { UserId = userId }) is { } lead ? leads.AddAsync(lead, ct) : Task.FromResult<LeadOutcome>(new LeadOutcome.Declined()),
        ct);

    public Task<Answer<LeadRow>> ChangeAsync(Guid userId, Guid leadId, LeadRequest request, CancellationToken ct) =>
        WriteAsync(userId, request, change => leads.ChangeAsync(userId, leadId, change.ApplyTo, ct), ct);

    private async Task<Answer<LeadRow>> WriteAsync(Guid userId, LeadRequest request, Func<LeadChange, Task<LeadOutcome>> write, CancellationToken ct)
    {
        var (change, fault) = LeadChange.Of(request);
        if (change is null)
            return fault!;

        if (change.SessionId is { } session && await sessions.FindAsync(userId, session, ct) is { IsGiven: false } none)
            return none.Problem;

        return await write(change) switch
        {
            LeadOutcome.Written written => written.Lead,
            LeadOutcome.NotFound => NoSuchLead(),
            LeadOutcome.Declined => Problems.InvalidField("data", LeadData.TooLarge, LeadData.TooLargeCode),
            LeadOutcome.NumberTaken taken => NumberTaken(taken.LeadId),
            LeadOutcome.Refused => Problems.Details(
                StatusCodes.Status409Conflict, "lead_refused", "The table 'leads' of this database has a rule of its own that does not let the row in."),
            var outcome => throw new UnreachableException($"Unknown outcome {outcome.GetType().Name}."),
        };
    }

    private static ProblemDetails NumberTaken(Guid leadId)
    {
        var problem = Problems.Details(
            StatusCodes.Status409Conflict, "lead_exists", "One of your leads has this phone number already; 'leadId' names it. Change that one, or remove it first.");
        problem.Extensions["leadId"] = leadId;
        return problem;
    }
}
