using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Recado.Protocol.Crypto;
using Recado.Server.Features;
using Recado.Server.Features.Sessions;
using Recado.Server.Features.Telemetry;

namespace Recado.Server.Hosting;

/// <summary>Puts the parts together: web server, storage, sessions, API.</summary>
internal static class RecadoHost
{
    /// <summary>Everything has to be closed by then.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(9.5);

    /// <param name="configure">Changes the container before it is built; for tests.</param>
    /// <exception cref="Storage.StorageException">The database cannot be used.</exception>
    /// <exception cref="StartException">The key file cannot be used.</exception>
    public static WebApplication Build(RecadoSettings settings, TimeProvider? clock = null, Action<WebApplicationBuilder>? configure = null)
    {
        var time = clock ?? TimeProvider.System;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Never the framework's development mode: its error page shows stack traces.
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(RecadoHost).Assembly.GetName().Name,
        });
        builder.Services.AddSingleton(settings).AddSingleton(time).AddSingleton(RandomSource.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.AddRecadoLogging(settings).AddRecadoKestrel(settings).AddRecadoStorage(settings).AddRecadoSessions(settings)
            .AddRecadoApi(settings).AddRecadoTelemetry(settings.Telemetry);
        if (settings.Simulate)
            builder.AddSimulatedService(settings, time);
        else
            builder.Services.AddSingleton(new ServiceAddress(() => settings.Service));

        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseRecadoApi();
        if (settings.Simulate)
            app.UseSimulatedService();

        return app;
    }

    /// <summary>Looks whether the address is free, before anything is opened that would have to be closed again.</summary>
    /// <exception cref="StartException">The port is taken or may not be used.</exception>
    public static void CheckAddress(RecadoSettings settings)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(settings.Host), settings.Port);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartException($"PORT {settings.Port} on {settings.Host} is in use by another program; stop it or set PORT to another number.");
        }
        catch (SocketException e)
        {
            throw new StartException($"HOST {settings.Host} with PORT {settings.Port} cannot be used: {e.Message}.");
        }
    }

    /// <summary>Where the running host listens, as a person on this machine would open it.</summary>
    public static Uri AddressOf(WebApplication host) => AddressOf(host.Services);

    /// <inheritdoc cref="AddressOf(WebApplication)"/>
    public static Uri AddressOf(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
        var address = new UriBuilder(addresses?.FirstOrDefault() ?? throw new InvalidOperationException("The host does not listen yet."));
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            address.Host = "127.0.0.1";

        return address.Uri;
    }

    private static WebApplicationBuilder AddRecadoLogging(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        builder.Logging.ClearProviders();
        if (settings.IsProduction)
            builder.Logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "O"));
        else
            builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));

        builder.Logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Polly", LogLevel.Warning)
            .AddFilter("Orleans", LogLevel.Warning)
            .AddFilter("Orleans.Runtime.Silo", LogLevel.Error) // warns of the workstation garbage collector, which is what we want
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // warns at every start that it has not looked before
        return builder;
    }

    private static WebApplicationBuilder AddRecadoKestrel(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 10_000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Listen(IPAddress.Parse(settings.Host), settings.Port);
            if (settings.Telemetry is { Port: { } port, Host: var host })
                kestrel.Listen(IPAddress.Parse(host), port);
        });
        return builder;
    }
}
