namespace Recado.Server.Features.Sessions;

/// <summary>
/// UUIDs (version 7) that rise with every call, so that messages of the same second, which is all WhatsApp tells, keep the order in which they
/// came. Each takes a millisecond of its own; after a burst the ids run ahead of the clock a little. Thread-safe.
/// </summary>
internal sealed class RisingIds(TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last;

    public Guid Next()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            _last = now - _last >= TimeSpan.FromMilliseconds(1) ? now : _last + TimeSpan.FromMilliseconds(1);
            return Guid.CreateVersion7(_last);
        }
    }
}
