using Recado.Client.Connection;
using Recado.Protocol.Media;

namespace Recado.Client.Media;

/// <summary>The leave to use the media hosts, asked for when it is needed and kept as long as it is good. Thread-safe.</summary>
internal sealed class MediaHosts(LiveConnection live, TimeProvider time)
{
    private readonly SemaphoreSlim _asking = new(1, 1); // one question, however many transfers wait for it
    private MediaConnection? _current;
    private DateTimeOffset _expiresAt;

    /// <summary>A leave that is good now.</summary>
    /// <param name="refused">The leave that a host did not take; another one is asked for.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    /// <exception cref="RequestRefusedException">The service gives none.</exception>
    /// <exception cref="RequestTimeoutException">The service did not answer in time.</exception>
    public async Task<MediaConnection> GetAsync(MediaConnection? refused, CancellationToken ct)
    {
        await _asking.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (_current is { } current && current != refused && time.GetUtcNow() < _expiresAt)
                return current;

            var answer = await live.Require().RequestAsync(MediaConnection.Request, ct).ConfigureAwait(false);
            var given = MediaConnection.Parse(answer);
            _expiresAt = time.GetUtcNow() + (given.Ttl < given.AuthTtl ? given.Ttl : given.AuthTtl);
            return _current = given;
        }
        finally
        {
            _asking.Release();
        }
    }
}
