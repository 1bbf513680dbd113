using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Recado.Server.Tests;

/// <summary>Everything that is logged, at every level and with every value.</summary>
internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(EventId Id, string Text)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Add(default, state, exception: null, state.ToString());
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Add(eventId, state, exception, formatter(state, exception));

    public void Dispose()
    {
    }

    private void Add<TState>(EventId id, TState state, Exception? exception, string? text)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
        Entries.Enqueue((id, $"{text} {values} {exception}"));
    }
}
