using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recado.Server.Features.ApiKeys;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Chats;
using Recado.Server.Features.Console;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Groups;
using Recado.Server.Features.Health;
using Recado.Server.Features.History;
using Recado.Server.Features.Idempotency;
using Recado.Server.Features.Leads;
using Recado.Server.Features.Limits;
using Recado.Server.Features.Media;
using Recado.Server.Features.Messages;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Outbound;
using Recado.Server.Features.People;
using Recado.Server.Features.Realtime;
using Recado.Server.Features.Reference;
using Recado.Server.Features.Sessions;
using Recado.Server.Features.Telemetry;
using Recado.Server.Hosting;

namespace Recado.Server.Features;

/// <summary>Everything a client of the backend talks to: authentication, REST, WebSocket, health and the page.</summary>
internal static class RecadoApi
{
    private const int DeepestBody = 32;

    public static WebApplicationBuilder AddRecadoApi(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        var services = builder.Services;
        services.AddRecadoTokens(settings);
        services.AddRecadoAuthentication();
        services.AddRecadoAudit();

        // Ours comes first: of several writers the first that can, writes.
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<ApiExceptionHandler>();
        services.AddValidation();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // one way for errors, in every environment
        services.Configure<JsonOptions>(options =>
        {
            RecadoJson.Apply(options.SerializerOptions);
            options.SerializerOptions.MaxDepth = DeepestBody;
            options.SerializerOptions.AllowDuplicateProperties = false;
        });

        services.AddCors(options => options.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.FrontendOrigins])
            .AllowAnyHeader().AllowAnyMethod().AllowCredentials()
            .WithExposedHeaders("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", IdempotencyKey.ReplayedHeader)
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        services.AddSingleton<RequestLimits>();

        services.AddSingleton<OwnedSessions>();
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<LinkPreviews>();
        services.AddRecadoMedia(settings);
        services.AddSingleton<TextKind>();
        services.AddSingleton<MediaMessages>();
        services.AddSingleton<ForwardKind>();
        services.AddSingleton<MessageKinds>();
        services.AddSingleton<OwnedMessages>();
        services.AddSingleton<Delivery>();
        services.AddSingleton<OutgoingMessages>();
        services.AddSingleton<MessageChanges>();
        services.AddSingleton<ReadMarks>();
        services.AddSingleton<PeopleCommands>();
        services.AddSingleton<PictureUploads>();
        services.TryAddSingleton(new IdempotencyOptions());
        services.AddSingleton<OwnedLeads>();
        services.TryAddSingleton(new RealtimeOptions());
        services.AddSingleton<CommandRouter>();
        services.AddSingleton<RealtimeServices>();
        services.AddSingleton<RealtimeSockets>();
        services.AddRecadoDescription();

        // The framework writes whole addresses here, and a WebSocket's holds the token. Set in code, after the configuration, so that it stays.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Logging.AddFilter(typeof(BearerHandler).FullName, LogLevel.Warning); // a line of the framework's for every 401
        builder.Logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning);
        return builder;
    }

    public static WebApplication UseRecadoApi(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<RecadoSettings>();
        if (settings.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Trusting(settings));

        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRecadoMetrics(settings.Telemetry);
        app.UseCors();
        app.UseMiddleware<RateLimitMiddleware>();
        var realtime = app.Services.GetRequiredService<RealtimeOptions>();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = realtime.PingInterval, KeepAliveTimeout = realtime.PingTimeout });
        app.UseConsoleFiles();
        app.UseAuthentication();
        app.UseMiddleware<AuditMiddleware>();
        app.UseAuthorization();
        app.UseMiddleware<UserRateLimitMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();

        app.MapConsole();
        app.MapHealth();
        app.MapOpenApi().AllowAnonymous();
        app.MapReference();

        var api = app.MapGroup("/api").RequireAuthorization();
        api.MapSessions();
        api.MapMessages();
        api.MapChats();
        api.MapMedia();
        api.MapGroups();
        api.MapPeople();
        api.MapHistory();
        api.MapLeads();
        api.MapApiKeys();
        api.MapAudit();
        return app;
    }

    private static ForwardedHeadersOptions Trusting(RecadoSettings settings)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // back to the first address that is no trusted proxy
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var network in settings.TrustedProxies)
            options.KnownIPNetworks.Add(network);
        return options;
    }
}
