using System.Threading.Channels;

namespace Recado.Client.Connection;

/// <summary>Lets one loop wait until something is due or somebody calls.</summary>
internal sealed class Alarm(TimeProvider time)
{
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }); // one call that waits is enough

    /// <summary>Wakes the loop, now or as soon as it waits.</summary>
    public void Ring() => _calls.Writer.TryWrite(true);

    /// <summary>Returns at a call, or at the time if there is one.</summary>
    public async Task WaitAsync(DateTimeOffset? due, CancellationToken ct)
    {
        if (due is not { } at)
        {
            await _calls.Reader.ReadAsync(ct).ConfigureAwait(false);
            return;
        }

        var left = at - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return;

        using var timer = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await _calls.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It is due.
        }
    }
}
