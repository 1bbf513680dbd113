using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class HostingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MapSimulator_WhenInAnotherServer_ServesClientsAndControlOnItsPort()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSimulator(new SimulatorOptions());
        await using var host = builder.Build();
        host.MapSimulator();
        await host.StartAsync(Ct);
        var service = host.Services.GetRequiredService<SimulatedService>();

        await using var client = await RawClient.CreateAsync(service, service.AddPhone("5511900000001"), Ct);
        using var http = new HttpClient { BaseAddress = service.ControlUrl };
        var info = await http.GetFromJsonAsync<JsonElement>("info", Ct);

        Assert.Equal(new Uri(host.Urls.Single()).Port, service.WebSocketUrl.Port);
        Assert.Equal(service.WebSocketUrl.ToString(), info.GetProperty("webSocketUrl").GetString());
        Assert.Empty(service.Trace.Violations);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", true)]
    public async Task Start_WhenTheNetworkCanReachIt_SaysSoLoudly(string address, bool isLoud)
    {
        using var log = new WarningLog();

        await using var service = await SimulatedService.StartAsync(new SimulatorOptions { Host = address, Loggers = log }, Ct);

        Assert.Equal(isLoud, log.Warnings.Any(w => w.Contains(address, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Dispose_WhenClientsAreConnected_EndsTheirConnections()
    {
        var service = await SimulatedService.StartAsync(ct: Ct);
        await using var client = await RawClient.CreateAsync(service, service.AddPhone("5511900000001"), Ct);

        await service.DisposeAsync();

        await client.Connection.EndAsync();
    }

    private sealed class WarningLog : ILoggerFactory, ILogger
    {
        public List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Warnings.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
