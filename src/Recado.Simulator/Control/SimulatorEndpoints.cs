using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recado.Simulator.Control;

namespace Recado.Simulator;

/// <summary>Hosts a simulated service inside a web server.</summary>
public static class SimulatorEndpoints
{
    internal const string WebSocketPath = "/ws/chat", ControlPath = "/simulator";

    /// <summary>Registers <see cref="SimulatedService"/> as a singleton; the container disposes it.</summary>
    public static IServiceCollection AddSimulator(this IServiceCollection services, SimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddSingleton(_ => new SimulatedService(options)).AddHostedService<MediaHosting>();
    }

    /// <summary>Maps <c>/ws/chat</c> (open to anonymous callers: the protocol has its own authentication) and <c>/simulator/*</c>.</summary>
    /// <returns>The group of <c>/simulator</c>, for the host to add its authorization to.</returns>
    public static RouteGroupBuilder MapSimulator(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);

        var service = routes.ServiceProvider.GetRequiredService<SimulatedService>();
        service.Server = routes.ServiceProvider.GetService<IServer>();
        var sockets = routes.CreateApplicationBuilder().UseWebSockets();
        sockets.Run(service.AcceptAsync);
        routes.Map(WebSocketPath, sockets.Build()).AllowAnonymous().ExcludeFromDescription();

        var group = routes.MapGroup(ControlPath).WithTags("Simulator").ProducesProblem(StatusCodes.Status400BadRequest);
        group.AddEndpointFilter<SimulatorProblems>();
        return group.MapAccounts().MapMedia().MapGroups().MapHistory().MapPeople().MapService();
    }
}

/// <summary>Starts the media host of a service that lives in another web server, before that one takes requests.</summary>
internal sealed class MediaHosting(SimulatedService service) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => service.StartMediaAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask; // the service stops it when it is disposed
}
