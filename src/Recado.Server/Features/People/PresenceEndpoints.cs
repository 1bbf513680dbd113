using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

internal static class PresenceEndpoints
{
    public static void MapPresence(this IEndpointRouteBuilder session)
    {
        session.MapPost("/presence", SetAsync).NeedsScope(ApiScopes.Send).WithTags("Presence").WithSummary("Makes the account appear online or offline while it is connected");
        session.MapPost("/presence/subscriptions", WatchAsync).NeedsScope(ApiScopes.Read).WithTags("Presence")
            .WithSummary("Looks at a user's presence, which then comes as presence_update events").ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        session.MapPost("/chats/{chat}/typing", TypeAsync).NeedsScope(ApiScopes.Send).WithTags("Presence").WithSummary("Shows in a chat that the account types, records or has stopped")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> SetAsync(
        Guid id, PresenceRequest request, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct)
    {
        var answer = await people.SetPresenceAsync(user.Id(), id, request.State, ct);
        return answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
    }

    private static async Task<Results<Ok<PresenceWatchedResponse>, ProblemHttpResult>> WatchAsync(
        Guid id, PresenceSubscriptionRequest request, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct)
    {
        var answer = await people.AskAsync(
            user.Id(), id, request.Jid is null ? "to" : "jid", request.Jid ?? request.To, new WatchPresence(), ct);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        return answer.Value.IsTaken
            ? TypedResults.Ok(new PresenceWatchedResponse(true, answer.Value.Jid, answer.Value.IsAvailable))
            : Problems.Result(
                StatusCodes.Status409Conflict, "too_many_subscriptions", "The session looks at the presence of as many users as it can, 1000.");
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> TypeAsync(
        Guid id, string chat, TypingRequest request, ClaimsPrincipal user, PeopleCommands people, CancellationToken ct)
    {
        var answer = await people.TypeAsync(user.Id(), id, chat, request.State, request.Seconds, ct);
        return answer.IsGiven ? TypedResults.Ok(new Success()) : answer.Problem.ToResult();
    }
}

/// <summary>How the account appears.</summary>
public sealed record PresenceRequest
{
    /// <summary><c>available</c> or <c>unavailable</c>.</summary>
    [Required(ErrorMessage = PeopleCommands.StateIsUnknown)]
    public string? State { get; init; }
}

/// <summary>Whose presence to look at.</summary>
public sealed record PresenceSubscriptionRequest
{
    /// <summary>Phone number in international form, or a JID.</summary>
    public string? To { get; init; }

    /// <summary>The same, under another name.</summary>
    public string? Jid { get; init; }
}

/// <summary>What the account is seen doing in a chat.</summary>
public sealed record TypingRequest
{
    /// <summary><c>composing</c>, <c>recording</c> or <c>paused</c>.</summary>
    [Required(ErrorMessage = PeopleCommands.ChatStateIsUnknown)]
    public string? State { get; init; }

    /// <summary>How long to keep it up, at most 300; without it it fades after some ten seconds.</summary>
    [Range(1, PeopleCommands.MostSeconds, ErrorMessage = PeopleCommands.SecondsAreTooMany)]
    public int? Seconds { get; init; }
}

/// <param name="Jid">Whose presence is told.</param>
/// <param name="IsAvailable">Whether the account appears online itself; as long as it does not, WhatsApp tells nothing.</param>
internal sealed record PresenceWatchedResponse(bool Success, string Jid, bool IsAvailable);
