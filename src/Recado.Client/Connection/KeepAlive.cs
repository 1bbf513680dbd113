using Recado.Protocol.Crypto;

namespace Recado.Client.Connection;

/// <summary>
/// Asks the service for a sign of life every now and then, and gives the connection up when neither an answer nor anything else comes.
/// </summary>
internal sealed class KeepAlive(ServiceConnection connection, ClientOptions options)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var unanswered = Task.CompletedTask;
        try
        {
            while (true)
            {
                var pause = options.KeepAliveInterval * (1 + (0.5 * Backoff.Fraction(options.Random)));
                await Task.Delay(pause, options.Time, ct).ConfigureAwait(false);
                if (connection.IsHeldBack)
                    continue; // it is we who do not read: the answer could not reach us

                unanswered = connection.RequestAsync("get", "w:p", [], ct, options.KeepAliveTimeout);
                if (!await AnswersAsync(unanswered, ct).ConfigureAwait(false)
                    && !connection.IsHeldBack
                    && connection.Silence >= options.SilenceLimit)
                {
                    connection.End(Verdict.Lost($"WhatsApp has been silent for {connection.Silence.TotalSeconds:0} s."));
                    return;
                }
            }
        }
        finally
        {
            await unanswered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The time limit is kept here too: on a dead connection already the sending can hang.
    private async Task<bool> AnswersAsync(Task ping, CancellationToken ct)
    {
        try
        {
            await ping.WaitAsync(options.KeepAliveTimeout + TimeSpan.FromSeconds(1), options.Time, ct).ConfigureAwait(false);
            return true;
        }
        catch (RequestRefusedException)
        {
            return true; // an error is a sign of life
        }
        catch (Exception cause) when (cause is TimeoutException or RequestTimeoutException)
        {
            return false;
        }
    }
}
