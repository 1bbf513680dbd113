using System.Collections.Concurrent;
using System.Data.Common;
using Recado.Server.Storage;

namespace Recado.Server.Features.ApiKeys;

/// <summary>
/// Writes down when keys were used, once a minute and at the end, for all of them together. On that occasion learns which keys another process
/// has revoked, so that their WebSockets end here as well.
/// </summary>
internal sealed class ApiKeyUse(IApiKeyStore keys, KeyRevocations revocations, TimeProvider time, ILogger<ApiKeyUse> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="prefix">Of a key that was accepted.</param>
    public void Note(string prefix, DateTimeOffset at) => _uses[prefix] = at;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;
        await WriteAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await WriteAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        // An open socket is a use, too.
        var now = time.GetUtcNow();
        foreach (var prefix in revocations.Watched.Where(prefix => prefix.Length > 0))
            _uses[prefix] = now;

        var uses = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var prefix in _uses.Keys)
        {
            if (_uses.TryRemove(prefix, out var at))
                uses[prefix] = at;
        }

        if (uses.Count == 0)
            return;

        try
        {
            var alive = await keys.TouchAsync(uses, ct);
            foreach (var gone in uses.Keys.Where(prefix => !alive.Contains(prefix)))
                revocations.Revoke(gone);
        }
        catch (Exception e) when (e is DbException or StorageException)
        {
            logger.UseNotWritten(e);
        }
    }
}

/// <summary>API keys, ids 4110-4119.</summary>
internal static partial class ApiKeyLog
{
    [LoggerMessage(4110, LogLevel.Warning, "When API keys were last used could not be written")]
    public static partial void UseNotWritten(this ILogger logger, Exception cause);
}
