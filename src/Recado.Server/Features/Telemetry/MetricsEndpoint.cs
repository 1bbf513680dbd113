using System.Security.Cryptography;
using System.Text;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Telemetry;

/// <summary>
/// <c>/metrics</c>, in the text format of Prometheus: open on a port of its own, which serves nothing else; on the API's port only with the
/// token of <c>METRICS_TOKEN</c>. Without either it does not exist.
/// </summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";

    public static void UseRecadoMetrics(this WebApplication app, TelemetrySettings settings)
    {
        if (!settings.IsScraped)
            return;

        app.Use((context, next) => (IsScrape(context), IsOwnPort(context, settings), settings.Token) switch
        {
            (true, true, _) => next(context),
            (true, false, { } token) when IsRight(BearerToken.OfRequest(context.Request), token) => next(context),
            (true, false, { }) => UnauthorizedAsync(context),
            (_, true, _) or (true, false, null) => Problems.Complete(new() { Status = StatusCodes.Status404NotFound }).ToResult().ExecuteAsync(context),
            _ => next(context),
        });
        app.UseOpenTelemetryPrometheusScrapingEndpoint(IsScrape);
    }

    private static bool IsScrape(HttpContext context) => context.Request.Path.Equals(Path, StringComparison.Ordinal);

    private static bool IsOwnPort(HttpContext context, TelemetrySettings settings) => context.Connection.LocalPort == settings.Port;

    private static bool IsRight(string? given, string token) =>
        given is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static Task UnauthorizedAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Result(
            StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, "Send the token of METRICS_TOKEN in the header 'Authorization: Bearer <token>'.")
            .ExecuteAsync(context);
    }
}
