using System.Globalization;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Limits;

/// <summary>
/// Limits requests per address on <c>/api</c>. Each answer says how many are left: <c>RateLimit-Limit</c>, <c>-Remaining</c> and
/// <c>-Reset</c> in seconds, and a refused one <c>Retry-After</c> too.
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, RequestWindow window)
{
    public Task InvokeAsync(HttpContext context)
    {
        // A browser asks by itself, before the request that counts.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || HttpMethods.IsOptions(context.Request.Method))
            return next(context);

        var quota = window.Take(context.Connection.RemoteIpAddress);
        var seconds = ((long)Math.Ceiling(quota.ResetsIn.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers["RateLimit-Limit"] = quota.Limit.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Remaining"] = quota.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Reset"] = seconds;
            if (!quota.Allowed)
                headers.RetryAfter = seconds;
            return Task.CompletedTask;
        });

        return quota.Allowed
            ? next(context)
            : Problems.Result(
                StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyRequests, $"Too many requests. Try again in {seconds} s.").ExecuteAsync(context);
    }
}
