using Microsoft.Net.Http.Headers;

namespace Recado.Server.Features.Limits;

/// <summary>Headers that keep a browser from doing more with our answers than it should.</summary>
internal static class SecurityHeaders
{
    /// <summary>Everything from our own origin; images may also be data URLs, which is what a QR code is.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // On starting, so that an error answer, which begins by clearing the headers, has them too.
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd(HeaderNames.ContentSecurityPolicy, PagePolicy); // files have a stricter one
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
                headers.TryAdd(HeaderNames.CacheControl, "no-store"); // files never change
            return Task.CompletedTask;
        });

        return next(context);
    });
}
