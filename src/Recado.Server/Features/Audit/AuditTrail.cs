using System.Data.Common;
using System.Threading.Channels;
using Recado.Server.Features.Auth;
using Recado.Server.Storage;

namespace Recado.Server.Features.Audit;

/// <summary>
/// Takes entries of the audit log without making anybody wait, and writes them behind the requests, many at once. While the database is away
/// they wait here, up to a limit; at a clean stop all are written before the database closes.
/// </summary>
internal sealed class AuditTrail(IAuditLog log, TimeProvider time, ILogger<AuditTrail> logger) : IHostedService, IDisposable
{
    private const int Capacity = 20_000, LargestBatch = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), FlushPatience = TimeSpan.FromSeconds(2);

    // Full mode Wait, and nobody waits: TryWrite says when there is no room.
    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly CancellationTokenSource _givingUp = new();
    private Task _loop = Task.CompletedTask;

    /// <param name="outcome"><see cref="AuditRow.Done"/>, or an error's code.</param>
    public void Add(AuthenticatedUser caller, CallerOrigin origin, string action, Guid? sessionId, string? target, string outcome)
    {
        var now = time.GetUtcNow();
        var row = new AuditRow
        {
            Id = Guid.CreateVersion7(now),
            UserId = caller.Id,
            At = now,
            Action = action,
            SessionId = sessionId,
            Target = target,
            KeyPrefix = caller.Key?.Prefix,
            Address = origin.Address,
            UserAgent = origin.UserAgent,
            Outcome = outcome,
        };
        if (!_items.Writer.TryWrite(new Item(row, Written: null)))
            logger.EntryLost(action, caller.Id);
    }

    /// <summary>Waits until everything added before is written, if the database answers at all.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_items.Writer.TryWrite(new Item(Row: null, written)))
            await Task.WhenAny(written.Task, Task.Delay(FlushPatience, time, ct));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Runs after the web server has stopped, so nothing comes in any more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _items.Writer.TryComplete();
        await using var patience = cancellationToken.Register(_givingUp.Cancel);
        await _loop;
    }

    public void Dispose() => _givingUp.Dispose();

    private async Task RunAsync()
    {
        var batch = new List<Item>(LargestBatch);
        while (await _items.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestBatch && _items.Reader.TryRead(out var item))
                batch.Add(item);

            await WriteAsync([.. batch.Select(item => item.Row).OfType<AuditRow>()]);
            batch.ForEach(item => item.Written?.TrySetResult());
            batch.Clear();
        }
    }

    private async Task WriteAsync(IReadOnlyList<AuditRow> rows)
    {
        while (rows.Count > 0)
        {
            try
            {
                await log.AddAsync(rows, _givingUp.Token);
                return;
            }
            catch (Exception e) when ((e is DbException or StorageException { IsTransient: true }) && !_givingUp.IsCancellationRequested)
            {
                logger.WaitsForDatabase(e, rows.Count);
                await Task.Delay(Pause, time, _givingUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                logger.EntriesLost(e, rows.Count);
                return;
            }
        }
    }

    private readonly record struct Item(AuditRow? Row, TaskCompletionSource? Written);
}

/// <summary>The audit log, ids 4120-4129.</summary>
internal static partial class AuditTrailLog
{
    [LoggerMessage(4120, LogLevel.Error, "No room for an entry of the audit log: {Action} of user {UserId} is not in it")]
    public static partial void EntryLost(this ILogger logger, string action, Guid userId);

    [LoggerMessage(4121, LogLevel.Warning, "{Count} entries of the audit log wait for the database")]
    public static partial void WaitsForDatabase(this ILogger logger, Exception cause, int count);

    [LoggerMessage(4122, LogLevel.Error, "{Count} entries of the audit log could not be written")]
    public static partial void EntriesLost(this ILogger logger, Exception cause, int count);
}
