using System.Collections.Concurrent;

namespace Recado.Server.Features.Limits;

/// <summary>What a request may know of its window.</summary>
internal readonly record struct RequestQuota(bool Allowed, int Limit, int Remaining, TimeSpan ResetsIn);

/// <summary>Counts requests per subject, such as an address or a user, in fixed windows. A subject's window begins with its first request. Thread-safe.</summary>
/// <param name="everyone">In whose name those are counted who come when there are too many.</param>
internal sealed class RequestWindow<TSubject>(int limit, TimeSpan length, TimeProvider time, TSubject everyone)
    where TSubject : notnull
{
    /// <summary>Subjects counted by themselves; further ones share one count until a window ends.</summary>
    private const int Capacity = 100_000;

    private readonly ConcurrentDictionary<TSubject, Counter> _counters = new();

    public RequestQuota Take(TSubject subject)
    {
        var now = time.GetUtcNow();
        var counter = CounterOf(subject, now);
        lock (counter)
        {
            if (counter.Ends <= now)
            {
                counter.Ends = now + length;
                counter.Used = 0;
            }

            var allowed = counter.Used < limit;
            if (allowed)
                counter.Used++;

            return new RequestQuota(allowed, limit, limit - counter.Used, counter.Ends - now);
        }
    }

    private Counter CounterOf(TSubject subject, DateTimeOffset now)
    {
        if (_counters.TryGetValue(subject, out var known))
            return known;

        if (_counters.Count >= Capacity)
        {
            foreach (var ended in _counters.Where(c => c.Value.Ends <= now))
                _counters.TryRemove(ended);

            if (_counters.Count >= Capacity)
                subject = everyone;
        }

        return _counters.GetOrAdd(subject, static _ => new Counter());
    }

    private sealed class Counter
    {
        public DateTimeOffset Ends { get; set; }

        public int Used { get; set; }
    }
}
