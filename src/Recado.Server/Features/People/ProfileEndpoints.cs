using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Client.Profile;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

internal static class ProfileEndpoints
{
    public static void MapProfile(this IEndpointRouteBuilder session)
    {
        var profile = session.MapGroup("/profile").WithTags("Profile").NeedsScope(ApiScopes.Manage);
        profile.MapGet("/", GetAsync).WithSummary("Reads the account's own name, about text and picture id");
        profile.MapPatch("/", ChangeAsync).Audited("profile.change").WithSummary("Changes the account's own name and about text; what is not mentioned stays as it is");
        profile.MapOwnPicture();
        session.MapGet("/privacy", GetPrivacyAsync).NeedsScope(ApiScopes.Read).WithTags("Profile").WithSummary("Reads the account's privacy settings");
        session.MapPatch("/privacy", ChangePrivacyAsync).NeedsScope(ApiScopes.Manage).Audited("privacy.change").WithTags("Profile").WithSummary("Changes privacy settings; those that are not mentioned stay as they are");
    }

    private static async Task<Results<Ok<ProfileResponse>, ProblemHttpResult>> GetAsync(Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        return ToResult(await sessions.AskAsync(user.Id(), id, new ChangeProfile(), ct));
    }

    private static async Task<Results<Ok<ProfileResponse>, ProblemHttpResult>> ChangeAsync(
        Guid id, ChangeProfileRequest request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (request.Name is { } name && (string.IsNullOrWhiteSpace(name) || name.Contains('@', StringComparison.Ordinal)))
            return Problems.InvalidField("name", ChangeProfileRequest.NameIsNone).ToResult();

        return ToResult(await sessions.AskAsync(user.Id(), id, new ChangeProfile(request.Name?.Trim(), request.About), ct));
    }

    private static Results<Ok<ProfileResponse>, ProblemHttpResult> ToResult(Answer<ProfileAnswer> answer) =>
        !answer.IsGiven ? answer.Problem.ToResult()
        : answer.Value.Profile is { } profile ? TypedResults.Ok(new ProfileResponse(profile))
        : Problems.Details(StatusCodes.Status503ServiceUnavailable, "settings_unavailable", answer.Value.WhyUnavailable!).ToResult();

    private static async Task<Results<Ok<PrivacyRead>, ProblemHttpResult>> GetPrivacyAsync(
        Guid id, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        var answer = await sessions.AskAsync(user.Id(), id, new ChangePrivacy([]), ct);
        return answer.IsGiven ? TypedResults.Ok(answer.Value) : answer.Problem.ToResult();
    }

    private static async Task<Results<Ok<PrivacyRead>, ProblemHttpResult>> ChangePrivacyAsync(
        Guid id, Dictionary<string, string?> request, ClaimsPrincipal user, OwnedSessions sessions, CancellationToken ct)
    {
        if (PrivacySettings.Check(request) is { } problem)
            return problem.ToResult();

        var answer = await sessions.AskAsync(user.Id(), id, new ChangePrivacy(request.ToDictionary(setting => setting.Key, setting => setting.Value!)), ct);
        return answer.IsGiven ? TypedResults.Ok(answer.Value) : answer.Problem.ToResult();
    }
}

/// <summary>What to change about the account's own profile.</summary>
public sealed record ChangeProfileRequest
{
    internal const string NameIsNone = "'name' must have 1 to 25 characters, none of them an @.";

    /// <summary>The name others see.</summary>
    [StringLength(ProfileClient.LongestName, MinimumLength = 1, ErrorMessage = NameIsNone)]
    public string? Name { get; init; }

    /// <summary>The about text; empty for none.</summary>
    [StringLength(ProfileClient.LongestAbout, ErrorMessage = "'about' may have 139 characters at most.")]
    public string? About { get; init; }
}

internal sealed record ProfileResponse(ProfileRead Profile);
