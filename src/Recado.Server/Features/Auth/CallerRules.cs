using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Auth;

/// <summary>What callers may do, for both doors. Users may do everything with what is theirs; API keys what they were made for.</summary>
internal static class CallerRules
{
    /// <returns>Null when the caller has the scope; a caller without it learns which one is missing.</returns>
    public static ProblemDetails? Check(AuthenticatedUser caller, ApiScopes scope)
    {
        if (caller.Key is null)
            return null;

        if (scope == ApiScopes.None)
        {
            return Problems.Details(
                StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenForApiKeys, "API keys may not do this. Send the token of a signed-in user.");
        }

        if (caller.May(scope))
            return null;

        var name = ScopeNames.Of(scope);
        var problem = Problems.Details(
            StatusCodes.Status403Forbidden, ErrorCodes.MissingScope, $"The API key lacks the scope '{name}'. Make a key that has it.");
        problem.Extensions["scope"] = name;
        return problem;
    }

    /// <summary>A session that a limited key does not reach is not there for it.</summary>
    public static ProblemDetails? CheckSession(AuthenticatedUser caller, Guid sessionId) => caller.Sees(sessionId) ? null : Problems.NoSuchSession();

    /// <summary>What concerns the user as a whole is not for keys that are limited to some sessions.</summary>
    public static ProblemDetails? CheckWhole(AuthenticatedUser caller) => caller.Key?.Sessions is null
        ? null
        : Problems.Details(
            StatusCodes.Status403Forbidden, "key_limited_to_sessions", "The API key is limited to some sessions and may do nothing that concerns others.");
}
