using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Chats;

internal static class ChatEndpoints
{
    private const int DefaultPage = 50;

    public static void MapChats(this IEndpointRouteBuilder api)
    {
        var chats = api.MapGroup("/sessions/{id:guid}/chats").WithTags("Chats").NeedsScope(ApiScopes.Send)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);

        chats.MapGet("/", ListAsync).WithSummary("Reads a page of chats, the one with the newest message first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        chats.MapGet("/{chat}", GetAsync).WithSummary("Reads a chat");
        chats.MapPost("/{chat}/read", ReadAsync).WithSummary("Tells the authors that all messages of a chat were read")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<ChatList>, ProblemHttpResult>> ListAsync(
        Guid id, [AsParameters] ChatListRequest request, ClaimsPrincipal user, OwnedSessions sessions, IChatStore chats, CancellationToken ct)
    {
        ChatCursor? before = null;
        if (request.Before is { } text && !ChatCursor.TryParse(text, out before))
            return Problems.InvalidField("before", "'before' is not a cursor. Take it from 'next' of the page before.").ToResult();

        var found = await sessions.FindAsync(user.Id(), id, ct);
        if (!found.IsGiven)
            return found.Problem.ToResult();

        var page = await chats.ListAsync(user.Id(), id, request.Limit ?? DefaultPage, before, request.Status == true, ct);
        return TypedResults.Ok(new ChatList(page.Chats, page.Next?.ToString()));
    }

    private static async Task<Results<Ok<ChatDetail>, ProblemHttpResult>> GetAsync(
        Guid id, string chat, ClaimsPrincipal user, OwnedSessions sessions, IChatStore chats, CancellationToken ct)
    {
        var session = await sessions.FindAsync(user.Id(), id, ct);
        if (!session.IsGiven)
            return session.Problem.ToResult();

        return await chats.FindAsync(user.Id(), id, ChatName.Of(chat), ct) is { } row
            ? TypedResults.Ok(new ChatDetail(row))
            : ReadMarks.NoSuchChat().ToResult();
    }

    private static async Task<Results<Ok<ChatDetail>, ProblemHttpResult>> ReadAsync(
        Guid id, string chat, ClaimsPrincipal user, ReadMarks reads, CancellationToken ct)
    {
        var answer = await reads.MarkChatAsync(user.Id(), id, chat, ct);
        return answer.IsGiven ? TypedResults.Ok(new ChatDetail(answer.Value)) : answer.Problem.ToResult();
    }
}

/// <summary>Which page of chats.</summary>
public sealed record ChatListRequest
{
    /// <summary>Chats on the page: 1 to 200, 50 by default.</summary>
    [Range(1, 200, ErrorMessage = "'limit' must be between 1 and 200.")]
    public int? Limit { get; init; }

    /// <summary>Where the page before this one ended: its <c>next</c>.</summary>
    public string? Before { get; init; }

    /// <summary>Whether the feed of status updates, <c>status@broadcast</c>, is listed among the chats; it is not by default.</summary>
    public bool? Status { get; init; }
}

internal sealed record ChatList(IReadOnlyList<ChatRow> Chats, string? Next);

internal sealed record ChatDetail(ChatRow Chat);
