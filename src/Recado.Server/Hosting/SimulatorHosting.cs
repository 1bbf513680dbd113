using System.Net;
using System.Runtime.InteropServices;
using Recado.Protocol.Crypto;
using Recado.Server.Features.Auth;
using Recado.Simulator;

namespace Recado.Server.Hosting;

/// <summary>The simulated WhatsApp inside this process. The only place that knows it.</summary>
internal static class SimulatorHosting
{
    private const string SocketPath = "/ws/chat", StateFile = "simulator.json";

    /// <summary>Two people to try with: the first one's phone scans, the second one writes to it.</summary>
    private static readonly (string Number, string Name)[] People = [("5511900000001", "Ana"), ("5511900000002", "Bruno")];

    public static void AddSimulatedService(this WebApplicationBuilder builder, RecadoSettings settings, TimeProvider time)
    {
        builder.Services.AddSimulator(new SimulatorOptions { StateFile = Path.Combine(settings.DataFolder, StateFile), Time = time });
        builder.Services.AddSingleton(services => new ServiceAddress(() =>
        {
            var ours = RecadoHost.AddressOf(services);
            var url = new UriBuilder("ws", "127.0.0.1", ours.Port, SocketPath).Uri;
            var simulator = services.GetRequiredService<SimulatedService>();
            return new OtherService(url, simulator.RootKey, simulator.MediaAuthorityPem);
        }));
    }

    /// <summary>Maps the simulator: its control API for signed-in users, its WebSocket for clients on this machine.</summary>
    /// <exception cref="StartException">What an earlier run of the simulator left cannot be used.</exception>
    public static void UseSimulatedService(this WebApplication app)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(SocketPath) && !(context.Connection.RemoteIpAddress is { } ip && IPAddress.IsLoopback(ip)),
            branch => branch.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        try
        {
            app.MapSimulator().RequireAuthorization().ForUsersOnly();
            var service = app.Services.GetRequiredService<SimulatedService>();
            foreach (var (number, name) in People)
                service.AddPhone(number, name);
        }
        catch (Exception e) when (e is IOException or SimulatorException or UnauthorizedAccessException)
        {
            throw CannotStart(e);
        }
    }

    /// <summary>Runs the simulator alone until the process is told to end.</summary>
    public static async Task RunAloneAsync(string host, int port, string? stateFile)
    {
        using var loggers = LoggerFactory.Create(logging => logging
            .AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true));
        var end = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        SimulatedService service;
        try
        {
            service = await SimulatedService.StartAsync(
                new SimulatorOptions { Host = host, Port = port, StateFile = stateFile, Loggers = loggers });
        }
        catch (Exception e) when (e is IOException or SimulatorException or UnauthorizedAccessException)
        {
            throw CannotStart(e);
        }

        await using (service)
        {
            Console.WriteLine($"WHATSAPP_URL={service.WebSocketUrl}");
            Console.WriteLine($"WHATSAPP_ROOT_KEY={Convert.ToHexStringLower(service.RootKey.Span)}");
            Console.WriteLine($"WHATSAPP_MEDIA_CA={service.MediaAuthorityFile}");
            Console.WriteLine($"# control API: {service.ControlUrl}");
            await end.Task;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult();
        }
    }

    private static StartException CannotStart(Exception cause) => new($"The simulator cannot start: {cause.Message}");
}
