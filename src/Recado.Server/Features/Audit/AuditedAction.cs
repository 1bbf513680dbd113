namespace Recado.Server.Features.Audit;

/// <summary>Metadata of an endpoint whose calls are entered into the audit log.</summary>
/// <param name="Name">A stable name: what, a dot, and what was done to it.</param>
internal sealed record AuditedAction(string Name);

/// <summary>What an endpoint knows of its call beyond the address. One for each request.</summary>
internal sealed class AuditNote
{
    /// <summary>What was done, when it is more exactly known than by the address.</summary>
    public string? Action { get; set; }

    /// <summary>The session, when it is not in the address.</summary>
    public Guid? SessionId { get; set; }

    /// <summary>Id of what else it is about. Never a phone number, a JID or a text.</summary>
    public string? Target { get; set; }
}

internal static class AuditConventions
{
    /// <summary>Enters each call of the endpoint into the audit log, also those that are refused.</summary>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AuditedAction(action));

    public static void AddRecadoAudit(this IServiceCollection services)
    {
        services.AddScoped<AuditNote>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
    }
}
