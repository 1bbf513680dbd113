using Recado.Server.Features.Auth;

namespace Recado.Server.Features.Limits;

/// <summary>Limits requests per user on <c>/api</c>, from however many addresses they come.</summary>
internal sealed class UserRateLimitMiddleware(RequestDelegate next, RequestLimits limits)
{
    public Task InvokeAsync(HttpContext context) =>
        context.User.Identity is not { IsAuthenticated: true } || !RateLimitMiddleware.Counts(context.Request)
            || RateLimitMiddleware.TryPass(context, limits.Users.Take(context.User.Id()))
            ? next(context)
            : RateLimitMiddleware.RefuseAsync(context);
}
