using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>What users write about their leads. A lead names no session that its user does not own.</summary>
internal sealed class OwnedLeads(ILeadStore leads, OwnedSessions sessions)
{
    /// <summary>One answer for what is absent and for what is another user's, so that nobody learns which.</summary>
    private static ProblemDetails NoSuchLead() =>
        Problems.Details(StatusCodes.Status404NotFound, "lead_not_found", "There is no such lead among yours.");

    /// <summary>A lead of the user's, unless the caller does not reach its session.</summary>
    public async Task<Answer<LeadRow>> FindAsync(AuthenticatedUser caller, Guid leadId, CancellationToken ct) =>
        await leads.FindAsync(caller.Id, leadId, ct) is { } lead && caller.Sees(lead.SessionId) ? lead : NoSuchLead();

    /// <summary>Adds a lead. A limited API key adds leads of the sessions it reaches.</summary>
    public Task<Answer<LeadRow>> AddAsync(AuthenticatedUser caller, LeadRequest request, CancellationToken ct) => WriteAsync(
        caller, request,
        change => change.ApplyTo(new LeadRow { UserId = caller.Id }) is { } lead ? leads.AddAsync(lead, ct) : Task.FromResult<LeadOutcome>(new LeadOutcome.Declined()),
        ct, mustHaveSession: true);

    public async Task<Answer<LeadRow>> ChangeAsync(AuthenticatedUser caller, Guid leadId, LeadRequest request, CancellationToken ct)
    {
        var found = await FindAsync(caller, leadId, ct);
        return found.IsGiven ? await WriteAsync(caller, request, change => leads.ChangeAsync(caller.Id, leadId, change.ApplyTo, ct), ct) : found;
    }

    public async Task<Answer<LeadRow>> RemoveAsync(AuthenticatedUser caller, Guid leadId, CancellationToken ct)
    {
        var found = await FindAsync(caller, leadId, ct);
        return !found.IsGiven || await leads.RemoveAsync(caller.Id, leadId, ct) ? found : NoSuchLead();
    }

    private async Task<Answer<LeadRow>> WriteAsync(AuthenticatedUser caller, LeadRequest request, Func<LeadChange, Task<LeadOutcome>> write, CancellationToken ct,
        bool mustHaveSession = false)
    {
        var (change, fault) = LeadChange.Of(request);
        if (change is null)
            return fault!;

        if (change.SessionId is { } session)
        {
            if (CallerRules.CheckSession(caller, session) is { } hidden)
                return hidden;
            if (await sessions.FindAsync(caller.Id, session, ct) is { IsGiven: false } none)
                return none.Problem;
        }
        else if (mustHaveSession && CallerRules.CheckWhole(caller) is { } limited)
        {
            return limited;
        }

        return await write(change) switch
        {
            LeadOutcome.Written written => written.Lead,
            LeadOutcome.NotFound => NoSuchLead(),
            LeadOutcome.Declined => Problems.InvalidField("data", LeadData.TooLarge, LeadData.TooLargeCode),
            LeadOutcome.NumberTaken taken => NumberTaken((await FindAsync(caller, taken.LeadId, ct)).IsGiven ? taken.LeadId : null),
            LeadOutcome.Refused => Problems.Details(
                StatusCodes.Status409Conflict, "lead_refused", "The table 'leads' of this database has a rule of its own that does not let the row in."),
            var outcome => throw new UnreachableException($"Unknown outcome {outcome.GetType().Name}."),
        };
    }

    private static ProblemDetails NumberTaken(Guid? leadId)
    {
        var problem = Problems.Details(
            StatusCodes.Status409Conflict, "lead_exists", "One of your leads has this phone number already; 'leadId' names it. Change that one, or remove it first.");
        if (leadId is not null)
            problem.Extensions["leadId"] = leadId;
        return problem;
    }
}
