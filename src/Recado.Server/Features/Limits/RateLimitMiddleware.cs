using System.Globalization;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Limits;

/// <summary>
/// Limits requests per address on <c>/api</c>. Each answer says how many are left, of this limit or the user's, whichever is nearer:
/// <c>RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c> in seconds, and a refused one <c>Retry-After</c> too.
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, RequestLimits limits)
{
    private static readonly object QuotaItem = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (!Counts(context.Request))
            return next(context);

        context.Response.OnStarting(() =>
        {
            var (headers, quota) = (context.Response.Headers, (RequestQuota)context.Items[QuotaItem]!);
            headers["RateLimit-Limit"] = quota.Limit.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Remaining"] = quota.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Reset"] = Seconds(quota);
            if (!quota.Allowed)
                headers.RetryAfter = Seconds(quota);
            return Task.CompletedTask;
        });

        return TryPass(context, limits.Addresses.Take(ClientNetwork.Of(context.Connection.RemoteIpAddress))) ? next(context) : RefuseAsync(context);
    }

    /// <summary>Whether a request counts: one on <c>/api</c>, unless a browser asks by itself, before the request that counts.</summary>
    public static bool Counts(HttpRequest request) =>
        request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !HttpMethods.IsOptions(request.Method);

    /// <summary>Notes what is left.</summary>
    public static bool TryPass(HttpContext context, RequestQuota quota)
    {
        if (context.Items[QuotaItem] is not RequestQuota known || !quota.Allowed || quota.Remaining < known.Remaining)
            context.Items[QuotaItem] = quota;
        return quota.Allowed;
    }

    public static Task RefuseAsync(HttpContext context) => Problems.Result(
        StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyRequests,
        $"Too many requests. Try again in {Seconds((RequestQuota)context.Items[QuotaItem]!)} s.").ExecuteAsync(context);

    private static string Seconds(RequestQuota quota) => ((long)Math.Ceiling(quota.ResetsIn.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
