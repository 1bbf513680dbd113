using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Protocol;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.History;

internal static class HistoryEndpoints
{
    private const int LongestChat = 128;

    public static void MapHistory(this IEndpointRouteBuilder api) =>
        api.MapPost("/sessions/{id:guid}/chats/{chat}/history", AskAsync).WithTags("Messages").NeedsScope(ApiScopes.Read)
            .WithSummary("Asks the phone for older messages of a chat")
            .WithDescription(
                "Answers at once. The messages appear in the list as the phone gives them, without an event each; one `history_progress` event "
                + "with the `requestId` tells how it ended. A phone that is off does not answer: then the event has a `failure`, after a minute.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status502BadGateway).ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static async Task<Results<Accepted<HistoryAskedResponse>, ProblemHttpResult>> AskAsync(
        Guid id, string chat, HistoryRequest? request, ClaimsPrincipal user, OwnedSessions sessions, IMessageStore messages, CancellationToken ct)
    {
        if (ChatOf(chat) is not { } jid)
        {
            return Problems.InvalidField("chat", "The chat in the address is neither a JID nor a phone number in digits.", "invalid_chat").ToResult();
        }

        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();
        if (await messages.FindOldestAsync(user.Id(), id, jid.ToString(), ct) is not { } oldest)
        {
            return Problems.Result(
                StatusCodes.Status404NotFound, "chat_not_found", "The session has no message of this chat yet, and the phone gives what is older than a known one.");
        }

        var count = request?.Count ?? HistoryRequest.DefaultCount;
        var asked = await sessions.AskAsync(
            user.Id(), id,
            new OlderMessages(oldest.Chat, oldest.WhatsAppId, oldest.Direction == MessageDirections.Sent, oldest.Timestamp, count), ct);
        return asked.IsGiven
            ? TypedResults.Accepted((string?)null, new HistoryAskedResponse(asked.Value.RequestId, oldest.Chat, oldest.WhatsAppId, count, !asked.Value.IsNew))
            : asked.Problem.ToResult();
    }

    /// <summary>A JID of a chat; digits alone mean the one with that number.</summary>
    private static Jid? ChatOf(string chat)
    {
        var text = chat.All(char.IsAsciiDigit) ? $"{chat}@{JidServer.PhoneNumber}" : chat;
        return text.Length <= LongestChat && Jid.TryParse(text, out var jid) && (jid.IsPhoneNumber || jid.IsLid || jid.IsGroup) ? jid.ToUser() : null;
    }
}

/// <summary>How much to ask for.</summary>
public sealed record HistoryRequest
{
    internal const int DefaultCount = 50;

    /// <summary>Messages: 1 to 500, 50 by default. The phone may give fewer.</summary>
    [Range(1, 500, ErrorMessage = "'count' must be between 1 and 500.")]
    public int? Count { get; init; }
}

/// <param name="RequestId">The <c>history_progress</c> event about it names this.</param>
/// <param name="Chat">JID of the chat.</param>
/// <param name="Before">The oldest known message; the phone is asked for what is older.</param>
/// <param name="Count">How many messages it is asked for.</param>
/// <param name="IsAlreadyAsked">Whether the phone had been asked for this chat before and has not answered yet; then this is that request.</param>
internal sealed record HistoryAskedResponse(string RequestId, string Chat, string Before, int Count, bool IsAlreadyAsked);
