namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Wakes the watches of this process for events that another process wrote. It asks for the numbers of all watched users at once, because
/// behind a transaction pooler nobody can listen. Events of this process need no asking: their writer wakes the watches.
/// </summary>
internal sealed class PostgresEventPoll(PostgresDatabase database, EventSignals signals, TimeProvider time, ILogger<PostgresEventPoll> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, long> _numbers = [];
    private Task? _loop;

    /// <summary>Starts asking, if it has not yet begun.</summary>
    public void Begin()
    {
        lock (_lock)
            _loop ??= RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await (_loop ?? Task.CompletedTask);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
                await AskAsync();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task AskAsync()
    {
        var users = signals.WatchedUsers;
        foreach (var gone in _numbers.Keys.Except(users).ToList())
            _numbers.Remove(gone);
        if (users.Count == 0)
            return;

        try
        {
            var numbers = await database.QueryAsync(
                new PostgresStatement("select user_id, last_event_id from recado.user_event_numbers where user_id = any(@users)", ("users", users.ToArray())),
                r => (User: r.GetGuid(0), Number: r.GetInt64(1)), _end.Token);
            foreach (var (user, number) in numbers)
            {
                // The first number of a new watch may be news as well: its reader read before.
                if (_numbers.GetValueOrDefault(user) != number)
                    signals.Pulse(user);
                _numbers[user] = number;
            }
        }
        catch (StorageException e)
        {
            logger.PollFailed(e.Message);
        }
    }
}

/// <summary>The Postgres engine, ids 5100-5119.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(5100, LogLevel.Warning, "Events of other processes cannot be asked for: {Reason}")]
    public static partial void PollFailed(this ILogger logger, string reason);
}
