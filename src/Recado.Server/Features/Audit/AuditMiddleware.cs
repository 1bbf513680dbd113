using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Idempotency;
using Recado.Server.Storage;

namespace Recado.Server.Features.Audit;

/// <summary>
/// Enters calls of endpoints with an <see cref="AuditedAction"/> into the audit log. Stands before the authorization, so that what was refused is
/// entered as well; a call without a user is nobody's.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next, AuditTrail trail)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var action = context.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>();
        if (action is null || context.User.TryGetCaller() is not { } caller)
        {
            await next(context);
            return;
        }

        var outcome = ErrorCodes.Internal;
        try
        {
            await next(context);
            outcome = OutcomeOf(context);
        }
        catch (Exception e)
        {
            outcome = Problems.CodeOf(ApiExceptionHandler.ToProblem(e));
            throw;
        }
        finally
        {
            if (!context.Response.Headers.ContainsKey(IdempotencyKey.ReplayedHeader)) // then it was done before, and entered
                Enter(context, caller, action, outcome);
        }
    }

    private void Enter(HttpContext context, AuthenticatedUser caller, AuditedAction action, string outcome)
    {
        var note = context.RequestServices.GetRequiredService<AuditNote>();
        var session = note.SessionId ?? CallerAuthorization.SessionOf(context);
        trail.Add(caller, CallerOrigin.Of(context), note.Action ?? action.Name, session, note.Target ?? TargetOf(context, session), outcome);
    }

    private static string OutcomeOf(HttpContext context) => context.Response.StatusCode < StatusCodes.Status400BadRequest
        ? AuditRow.Done
        : context.Items[ProblemWriter.CodeItem] as string ?? Problems.CodeOf(Problems.Complete(new() { Status = context.Response.StatusCode }));

    /// <summary>The id in the address, if it is not the session's. Only a UUID is surely no phone number.</summary>
    private static string? TargetOf(HttpContext context, Guid? session) =>
        Guid.TryParse(context.Request.RouteValues.GetValueOrDefault("id") as string, out var id) && id != session ? id.ToString("D") : null;
}
