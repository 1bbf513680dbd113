namespace Recado.Server.Storage;

/// <summary>The numbered events of each user. Everything that goes to WebSockets and webhooks is read from here.</summary>
internal interface IEventLog
{
    /// <summary>The user's events after <paramref name="after"/>, in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<EventRow>> ReadAsync(Guid userId, long after, int limit, CancellationToken ct);

    /// <summary>Number of the user's newest event; 0 when there is none.</summary>
    Task<long> LastEventIdAsync(Guid userId, CancellationToken ct);

    /// <summary>A watch over the user's new events. Take it before the first read, so that nothing falls between.</summary>
    IEventWatch Watch(Guid userId);
}

/// <summary>Wakes one reader of the log. Not a queue: any number of new events are one wake-up.</summary>
internal interface IEventWatch : IDisposable
{
    /// <summary>Waits until there may be events that were not there at the last return.</summary>
    ValueTask WaitAsync(CancellationToken ct);
}
