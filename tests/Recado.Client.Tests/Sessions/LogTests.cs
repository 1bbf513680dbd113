using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Simulator;

namespace Recado.Client.Tests.Sessions;

public sealed class LogTests
{
    [Fact]
    public async Task Log_FromLinkingToLogout_TellsOfNoTrouble()
    {
        var ct = TestContext.Current.CancellationToken;
        using var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug));
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001");
        await using var session = new TestSession(TestSession.OptionsFor(service), loggers: loggers);

        await session.Client.StartAsync(ct);
        await phone.ScanAsync((await session.WaitAsync<QrIssued>(ct)).Code, ct);
        await session.ConnectedAsync(ct);
        await session.Client.LogoutAsync(ct);

        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Level > LogLevel.Debug);
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("(null)", StringComparison.Ordinal));
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
            // Nothing to free; the lines are read afterwards.
        }
    }
}
