using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Client;
using Recado.Client.Calls;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder session) =>
        session.MapPost("/calls/{callId}/reject", RejectAsync).NeedsScope(ApiScopes.Send).WithTags("Calls").WithSummary("Rejects a call that rings, by the id in its call_received event");

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> RejectAsync(
        Guid id, string callId, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var answer = await sessions.AskAsync(user.Id(), id, new RejectCall(callId), ct);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        return answer.Value.Rejection switch
        {
            CallRejection.Done => TypedResults.Ok(new Success()),
            CallRejection.Over => Problems.Result(StatusCodes.Status409Conflict, "call_over", "The call rings no longer."),
            _ => Problems.Result(StatusCodes.Status404NotFound, "call_not_found", "No such call has rung in this session lately."),
        };
    }
}

/// <summary>Rejects a call.</summary>
[GenerateSerializer, Immutable, Alias("recado.reject-call")]
internal sealed record RejectCall([property: Id(0)] string CallId) : ClientRequest<CallRejected>
{
    public override async Task<CallRejected> RunAsync(WhatsAppClient client, CancellationToken ct) => new((int)await client.Calls.RejectAsync(CallId, ct));
}

/// <param name="Outcome">A <see cref="CallRejection"/>.</param>
[GenerateSerializer, Immutable, Alias("recado.call-rejected")]
internal sealed record CallRejected([property: Id(0)] int Outcome)
{
    public CallRejection Rejection => (CallRejection)Outcome;
}
