using System.Collections.Immutable;
using System.Threading.Channels;

namespace Recado.Server.Storage;

/// <summary>Tells the watches of this process that a user has new events. Thread-safe.</summary>
internal sealed class EventSignals
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, ImmutableArray<EventWatch>> _watches = [];

    /// <summary>The users whom somebody watches now.</summary>
    public IReadOnlyCollection<Guid> WatchedUsers
    {
        get
        {
            lock (_lock)
                return [.. _watches.Keys];
        }
    }

    public IEventWatch Watch(Guid userId)
    {
        var watch = new EventWatch(this, userId);
        lock (_lock)
            _watches[userId] = _watches.GetValueOrDefault(userId, []).Add(watch);

        return watch;
    }

    /// <summary>Call after the events' transaction is committed.</summary>
    public void Pulse(Guid userId)
    {
        ImmutableArray<EventWatch> watches;
        lock (_lock)
            watches = _watches.GetValueOrDefault(userId, []);

        foreach (var watch in watches)
            watch.Wake();
    }

    private void Remove(EventWatch watch, Guid userId)
    {
        lock (_lock)
        {
            var left = _watches.GetValueOrDefault(userId, []).Remove(watch);
            if (left.IsEmpty)
                _watches.Remove(userId);
            else
                _watches[userId] = left;
        }
    }

    private sealed class EventWatch(EventSignals owner, Guid userId) : IEventWatch
    {
        // Room for one: any number of pulses before the next wait are one wake-up.
        private readonly Channel<bool> _pulses = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Wake() => _pulses.Writer.TryWrite(true);

        public async ValueTask WaitAsync(CancellationToken ct) => await _pulses.Reader.ReadAsync(ct);

        public void Dispose() => owner.Remove(this, userId);
    }
}
