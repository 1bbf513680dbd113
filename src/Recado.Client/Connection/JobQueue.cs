using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Recado.Protocol;

namespace Recado.Client.Connection;

/// <summary>
/// Follow-up work of received stanzas that has to ask the service something. It runs one by one beside the processor of stanzas, which
/// therefore
/// never waits for an answer that is queued behind its own stanzas.
/// </summary>
internal sealed class JobQueue(ILogger logger)
{
    private const int Limit = 64;

    private readonly Channel<Func<CancellationToken, Task>> _jobs = Channel.CreateBounded<Func<CancellationToken, Task>>(
        new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    /// <summary>
    /// Takes a job; false when there are too many already. Work that settles a stanza may be refused: the service repeats the stanza.
    /// </summary>
    public bool TryAdd(Func<CancellationToken, Task> job) => _jobs.Writer.TryWrite(job);

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var job in _jobs.Reader.ReadAllAsync(ct).ConfigureAwait(false))
        {
            try
            {
                await job(ct).ConfigureAwait(false);
            }
            catch (RecadoException cause) when (cause is not StoreException and not ConnectionException)
            {
                ClientLog.JobFailed(logger, cause.Message);
            }
        }
    }
}
