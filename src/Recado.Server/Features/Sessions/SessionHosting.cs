using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Recado.Client;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

internal static class SessionHosting
{
    /// <summary>The sessions' grains on a silo in this process, and their supervisor.</summary>
    public static WebApplicationBuilder AddRecadoSessions(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            if (settings.Telemetry.Collector is not null)
                silo.AddActivityPropagation();

            // One silo has nobody to talk to, and its ports know no tokens: whoever knocks is sent away.
            silo.Configure<SiloConnectionOptions>(options =>
            {
                options.ConfigureSiloInboundConnection(connection => connection.Use(_ => Refuse));
                options.ConfigureGatewayInboundConnection(connection => connection.Use(_ => Refuse));
            });
        });
        builder.Services
            .AddSingleton<RunningSessions>()
            .AddSingleton<RisingIds>()
            .AddSingleton<SessionClients>()
            .AddSingleton(SupervisorPace.Default)
            .AddSingleton<IWebVersionSource, WebVersionSetting>()
            .AddHostedService<SessionSupervisor>();
        return builder;
    }

    private static Task Refuse(ConnectionContext connection)
    {
        connection.Abort();
        return Task.CompletedTask;
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var silo = Listen();
        using var gateway = Listen();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }

    /// <summary>
    /// A port below those that systems hand out by themselves: one of theirs could go to any outgoing connection in the second before the
    /// silo takes it.
    /// </summary>
    private static TcpListener Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(20_000, 32_768));
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException) when (attempt < 100)
            {
                listener.Dispose();
            }
        }
    }
}
