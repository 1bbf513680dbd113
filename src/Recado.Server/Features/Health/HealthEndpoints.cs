using Microsoft.AspNetCore.Http.HttpResults;
using Recado.Server.Features.Errors;
using Recado.Server.Storage;

namespace Recado.Server.Features.Health;

/// <summary>Open to everyone: what a load balancer and the original's clients ask. Says nothing about users.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("").WithTags("Health").AllowAnonymous();
        health.MapGet("/api/health", SummaryAsync).WithSummary("Says that the server answers and how many sessions are connected");
        health.MapGet("/health/live", () => TypedResults.Ok(new HealthStatus("ok"))).WithSummary("Says that the process runs");
        health.MapGet("/health/ready", ReadyAsync).WithSummary("Says whether the server takes requests")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<HealthSummary>> SummaryAsync(ISessionStore sessions, TimeProvider time, CancellationToken ct) =>
        TypedResults.Ok(new HealthSummary(
            "ok", time.GetUtcNow(), (await sessions.CountByStateAsync(ct)).GetValueOrDefault(SessionStates.Connected)));

    private static async Task<Results<Ok<HealthStatus>, ProblemHttpResult>> ReadyAsync(
        IHostApplicationLifetime lifetime, ISessionStore sessions, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Problems.Stopping().ToResult();

        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return Problems.Result(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The server is starting. Try again shortly.");

        await sessions.CountByStateAsync(ct); // a database that does not answer becomes a 503
        return TypedResults.Ok(new HealthStatus("ready"));
    }
}

internal sealed record HealthSummary(string Status, DateTimeOffset Timestamp, int ActiveSessions);

internal sealed record HealthStatus(string Status);
