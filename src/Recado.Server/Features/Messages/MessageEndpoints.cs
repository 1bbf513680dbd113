using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Idempotency;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

internal static class MessageEndpoints
{
    private const int DefaultPage = 50;

    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        var messages = api.MapGroup("/sessions/{id:guid}/messages").WithTags("Messages").NeedsScope(ApiScopes.Send)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);

        messages.MapGet("/", ListAsync).WithSummary("Reads a page of messages, newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        messages.MapGet("/{messageId}", GetAsync).WithSummary("Reads a message; of one that was sent to a group, with how far it has come with each member");
        Sending(messages.MapPost("/", SendAsync).WithSummary("Sends a message and waits for WhatsApp's answer, or lets the message wait")).WithMetadata(Examples());
        Sending(messages.MapPatch("/{messageId}", EditAsync).WithSummary("Gives a sent text another wording, or a sent file another caption, within 15 minutes"));
        Sending(messages.MapDelete("/{messageId}", DeleteAsync).WithSummary("Deletes a sent message for everyone, or takes back one that waits; an admin of a group deletes those of others, too"));
        Sending(messages.MapPost("/{messageId}/reactions", ReactAsync).WithSummary("Reacts to a message, or takes the reaction back"));
        Sending(messages.MapPost("/{messageId}/read", ReadAsync).WithSummary("Tells the author that a message was read"));
    }

    private static async Task<Results<Ok<MessageSentResponse>, Accepted<MessageSentResponse>, ProblemHttpResult>> SendAsync(
        Guid id, SendMessageRequest request, ClaimsPrincipal user, HttpContext context, OutgoingMessages sender, CancellationToken ct)
    {
        var answer = await sender.SendAsync(user.Caller(), id, request, context.ReservedMessageId(), ct);
        if (!answer.IsGiven)
            return answer.Problem.ToResult();

        var response = Response(answer.Value);
        return response.Status == MessageStatuses.Queued
            ? TypedResults.Accepted($"/api/sessions/{id}/messages/{response.MessageId}", response)
            : TypedResults.Ok(response);
    }

    private static async Task<Results<Ok<MessageSentResponse>, ProblemHttpResult>> EditAsync(
        Guid id, string messageId, EditMessageRequest request, ClaimsPrincipal user, MessageChanges changes, CancellationToken ct)
    {
        return Result(await changes.EditAsync(user.Id(), id, messageId, request, ct));
    }

    private static async Task<Results<Ok<MessageSentResponse>, ProblemHttpResult>> DeleteAsync(
        Guid id, string messageId, ClaimsPrincipal user, MessageChanges changes, CancellationToken ct)
    {
        return Result(await changes.DeleteAsync(user.Id(), id, messageId, ct));
    }

    private static async Task<Results<Ok<MessageSentResponse>, ProblemHttpResult>> ReactAsync(
        Guid id, string messageId, ReactRequest request, ClaimsPrincipal user, HttpContext context, MessageChanges changes, CancellationToken ct)
    {
        return Result(await changes.ReactAsync(user.Id(), id, messageId, request.Emoji, context.ReservedMessageId(), ct));
    }

    private static async Task<Results<Ok<MessageReadResponse>, ProblemHttpResult>> ReadAsync(
        Guid id, string messageId, ClaimsPrincipal user, ReadMarks reads, CancellationToken ct)
    {
        var answer = await reads.MarkMessageAsync(user.Id(), id, messageId, ct);
        return answer.IsGiven ? TypedResults.Ok(new MessageReadResponse(true)) : answer.Problem.ToResult();
    }

    private static async Task<Results<Ok<MessageDetail>, ProblemHttpResult>> GetAsync(
        Guid id, string messageId, ClaimsPrincipal user, OwnedMessages messages, CancellationToken ct)
    {
        var found = await messages.ReadAsync(user.Id(), id, messageId, ct);
        return found.IsGiven ? TypedResults.Ok(new MessageDetail(found.Value)) : found.Problem.ToResult();
    }

    private static Results<Ok<MessageSentResponse>, ProblemHttpResult> Result(Answer<SendReceipt> answer) => answer.IsGiven
        ? TypedResults.Ok(Response(answer.Value))
        : answer.Problem.ToResult();

    private static MessageSentResponse Response(SendReceipt receipt) => new(true, receipt.MessageId, receipt.Status, receipt.Timestamp);

    private static RouteHandlerBuilder Sending(RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status502BadGateway).ProducesProblem(StatusCodes.Status504GatewayTimeout);

    private static RequestExamples Examples() => new(
        [.. MessageExample.All.Select(example => new RequestExample($"{example.Kind}_{example.Number}", $"{example.Heading} ({example.Kind})", example.Request))]);

    private static async Task<Results<Ok<MessageList>, ProblemHttpResult>> ListAsync(
        Guid id, [AsParameters] MessageListRequest request, ClaimsPrincipal user, OwnedSessions sessions, IMessageStore messages, RecadoSettings settings,
        CancellationToken ct)
    {
        RowCursor? before = null;
        if (request.Before is { } text && !RowCursor.TryParse(text, out before))
            return Problems.InvalidField("before", "'before' is not a cursor. Take it from 'next' of the page before.").ToResult();

        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();
        if (request.Q is not null && settings.EncryptMessages)
        {
            return Problems.Details(
                StatusCodes.Status409Conflict, "search_not_available",
                "The text of messages is encrypted in this installation's database and cannot be searched. Leave 'q' out and search what comes.").ToResult();
        }

        var page = await messages.ListAsync(
            new MessageQuery(user.Id(), id, request.Limit ?? DefaultPage, before, request.Chat is { } chat ? ChatName.Of(chat) : null, request.Direction, request.Q, request.About), ct);
        return TypedResults.Ok(new MessageList(page.Messages, page.Next?.ToString()));
    }
}

/// <summary>Which page of messages. Properties, because the description of the API cannot read attributes of a constructor.</summary>
public sealed record MessageListRequest
{
    /// <summary>Messages on the page: 1 to 200, 50 by default.</summary>
    [Range(1, 200, ErrorMessage = "'limit' must be between 1 and 200.")]
    public int? Limit { get; init; }

    /// <summary>Where the page before this one ended: its <c>next</c>.</summary>
    public string? Before { get; init; }

    /// <summary>JID or phone number of a chat.</summary>
    [StringLength(128, ErrorMessage = "'chat' must be a JID or a phone number.")]
    public string? Chat { get; init; }

    /// <summary><c>sent</c> or <c>received</c>.</summary>
    [AllowedValues(null, MessageDirections.Sent, MessageDirections.Received, ErrorMessage = "'direction' must be 'sent' or 'received'.")]
    public string? Direction { get; init; }

    /// <summary>
    /// Id of a message: reads the reactions, votes, answers, edits and pins about it, which are not listed otherwise.
    /// </summary>
    [StringLength(128, ErrorMessage = "'about' must be the id of a message.")]
    public string? About { get; init; }

    /// <summary>A part of the text. Refused with 409 (<c>search_not_available</c>) where the operator has messages encrypted in the database.</summary>
    [StringLength(256, MinimumLength = 1, ErrorMessage = "'q' must have 1 to 256 characters.")]
    public string? Q { get; init; }
}

internal sealed record MessageSentResponse(bool Success, string MessageId, string Status, DateTimeOffset Timestamp);

internal sealed record MessageReadResponse(bool Success);

internal sealed record MessageDetail(MessageRow Message);

internal sealed record MessageList(IReadOnlyList<MessageRow> Messages, string? Next);
