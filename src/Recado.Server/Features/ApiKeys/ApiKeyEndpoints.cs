using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Idempotency;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.ApiKeys;

internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("API keys").ForUsersOnly().ProducesProblem(StatusCodes.Status401Unauthorized);
        keys.MapGet("/", ListAsync).WithSummary("Lists the user's API keys, newest first; the keys themselves are shown to nobody");
        keys.MapPost("/", CreateAsync).WithSummary("Makes an API key and shows it, once")
            .WithDescription("Keep `secret`: only its hash is stored. A key without `sessions` reaches all sessions, those of the future too.")
            .Audited("key.create").WithMetadata(new AnswerNotKept(), Examples())
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        keys.MapDelete("/{id:guid}", RevokeAsync).WithSummary("Revokes an API key at once, and closes the WebSockets it has open")
            .Audited("key.revoke").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<ApiKeyList>> ListAsync(ClaimsPrincipal user, IApiKeyStore keys, CancellationToken ct) =>
        TypedResults.Ok(new ApiKeyList(await keys.ListAsync(user.Id(), ct)));

    private static async Task<Results<Created<ApiKeyCreated>, ProblemHttpResult>> CreateAsync(
        CreateApiKeyRequest request, ClaimsPrincipal user, UserApiKeys keys, AuditNote note, CancellationToken ct)
    {
        var created = await keys.CreateAsync(user.Id(), request, ct);
        if (!created.IsGiven)
            return created.Problem.ToResult();

        note.Target = created.Value.Key.Prefix;
        return TypedResults.Created($"/api/keys/{created.Value.Key.Id}", created.Value);
    }

    private static async Task<Results<Ok<Success>, ProblemHttpResult>> RevokeAsync(
        Guid id, ClaimsPrincipal user, UserApiKeys keys, AuditNote note, CancellationToken ct)
    {
        var revoked = await keys.RevokeAsync(user.Id(), id, ct);
        if (!revoked.IsGiven)
            return revoked.Problem.ToResult();

        note.Target = revoked.Value.Prefix;
        return TypedResults.Ok(new Success());
    }

    private static RequestExamples Examples() => new(
    [
        new("everything", "For a server that does everything, for ever", JsonNode.Parse("""{"name":"Back end","scopes":["read","send","manage"]}""")!),
        new("one_session", "For a bot that writes in one session until the new year", JsonSerializer.SerializeToNode(new
        {
            name = "Reminder bot",
            scopes = (string[])["send"],
            sessions = (string[])["01920c1e-7a5b-7c33-9d2e-4f1a5b6c7d8e"],
            expiresAt = "2027-01-01T00:00:00Z",
        })!),
    ]);
}

/// <summary>What a new key is for.</summary>
public sealed record CreateApiKeyRequest
{
    internal const string NameIsMissing = "'name' must be a text of 1 to 100 characters that says what the key is for.";

    /// <summary>What the key is for, in the user's words.</summary>
    [Required(ErrorMessage = NameIsMissing)]
    [StringLength(UserApiKeys.LongestName, ErrorMessage = NameIsMissing)]
    public string? Name { get; init; }

    /// <summary><c>read</c>, <c>send</c>, <c>manage</c>: one or more.</summary>
    [Required(ErrorMessage = "'scopes' is missing; it says what the key may do: read, send, manage.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The only sessions that the key reaches; all, without it.</summary>
    public IReadOnlyList<Guid>? Sessions { get; init; }

    /// <summary>When the key ends; never, without it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="Secret">The key itself. It cannot be shown again.</param>
internal sealed record ApiKeyCreated(string Secret, ApiKeyRow Key);

internal sealed record ApiKeyList(IReadOnlyList<ApiKeyRow> Keys);
