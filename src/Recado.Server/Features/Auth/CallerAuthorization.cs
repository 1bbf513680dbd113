using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing.Patterns;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Auth;

/// <summary>That the endpoint is for the caller. Part of the default policy, and so of every endpoint that is not open to all.</summary>
internal sealed class CallerRequirement : IAuthorizationRequirement;

/// <summary>Holds <see cref="CallerRules"/> against what an endpoint has declared.</summary>
internal sealed class CallerAuthorization : AuthorizationHandler<CallerRequirement>
{
    private const string Collection = "sessions";

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, CallerRequirement requirement)
    {
        if (context.User.TryGetCaller() is not { } caller || context.Resource is not HttpContext http)
            return Task.CompletedTask; // nobody is signed in, which is answered with a challenge

        if (ProblemOf(http, caller) is { } problem)
            context.Fail(new RefusalReason(this, problem));
        else
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>The session in the address: whatever follows <c>sessions/</c>.</summary>
    public static Guid? SessionOf(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint { RoutePattern.PathSegments: var segments })
            return null;

        for (var i = 1; i < segments.Count; i++)
        {
            if (segments[i - 1].Parts is [RoutePatternLiteralPart { Content: Collection }] && segments[i].Parts is [RoutePatternParameterPart parameter])
                return Guid.TryParse(http.Request.RouteValues[parameter.Name] as string, out var id) ? id : Guid.Empty;
        }

        return null;
    }

    private static ProblemDetails? ProblemOf(HttpContext http, AuthenticatedUser caller)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        var scope = (metadata?.GetMetadata<EndpointAccess>() ?? EndpointAccess.UsersOnly).For(http.Request.Method);
        if (CallerRules.Check(caller, scope) is { } problem)
            return problem;

        return SessionOf(http) is { } session ? CallerRules.CheckSession(caller, session)
            : metadata?.GetMetadata<FiltersSessions>() is null ? CallerRules.CheckWhole(caller)
            : null;
    }
}

internal sealed class RefusalReason(IAuthorizationHandler handler, ProblemDetails problem) : AuthorizationFailureReason(handler, problem.Detail!)
{
    public ProblemDetails Problem => problem;
}

/// <summary>Answers those who are signed in and not allowed with the problem; those who are not signed in, as the framework does.</summary>
internal sealed class RefusalWriter : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _framework = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        authorizeResult.Forbidden && authorizeResult.AuthorizationFailure?.FailureReasons.OfType<RefusalReason>().FirstOrDefault() is { } refusal
            ? refusal.Problem.ToResult().ExecuteAsync(context)
            : _framework.HandleAsync(next, context, policy, authorizeResult);
}
