using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Recado.Simulator;

/// <summary>Hosts a simulated service inside another web server.</summary>
public static class SimulatorEndpoints
{
    /// <summary>Registers <see cref="SimulatedService"/> as a singleton; the container disposes it.</summary>
    public static IServiceCollection AddSimulator(this IServiceCollection services, SimulatorOptions options) =>
        throw new NotSupportedException();

    /// <summary>Maps <c>/ws/chat</c> (open to anonymous callers: the protocol has its own authentication) and <c>/simulator/*</c>.</summary>
    /// <returns>The group of <c>/simulator</c>, for the host to add its authorization to.</returns>
    public static RouteGroupBuilder MapSimulator(this IEndpointRouteBuilder routes) => throw new NotSupportedException();
}
