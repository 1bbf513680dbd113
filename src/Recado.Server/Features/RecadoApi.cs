using Recado.Server.Hosting;

namespace Recado.Server.Features;

/// <summary>Everything a client of the backend talks to: authentication, REST, WebSocket, health and the page.</summary>
internal static class RecadoApi
{
    public static WebApplicationBuilder AddRecadoApi(this WebApplicationBuilder builder, RecadoSettings settings) => builder;

    public static WebApplication UseRecadoApi(this WebApplication app) => app;
}
