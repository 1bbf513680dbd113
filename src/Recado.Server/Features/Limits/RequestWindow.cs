using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Recado.Server.Features.Limits;

/// <summary>What a request may know of its window.</summary>
internal readonly record struct RequestQuota(bool Allowed, int Limit, int Remaining, TimeSpan ResetsIn);

/// <summary>Counts requests per address in fixed windows. The window of an address begins with its first request. Thread-safe.</summary>
internal sealed class RequestWindow(int limit, TimeSpan length, TimeProvider time)
{
    /// <summary>Addresses counted by themselves; further ones share one count until a window ends.</summary>
    private const int Capacity = 100_000;

    private static readonly IPAddress Everyone = IPAddress.IPv6Any;

    private readonly ConcurrentDictionary<IPAddress, Counter> _counters = new();

    public RequestQuota Take(IPAddress? address)
    {
        var now = time.GetUtcNow();
        var counter = CounterOf(address is null ? Everyone : Subject(address), now);
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

    private Counter CounterOf(IPAddress subject, DateTimeOffset now)
    {
        if (_counters.TryGetValue(subject, out var known))
            return known;

        if (_counters.Count >= Capacity)
        {
            foreach (var ended in _counters.Where(c => c.Value.Ends <= now))
                _counters.TryRemove(ended);

            if (_counters.Count >= Capacity)
                subject = Everyone;
        }

        return _counters.GetOrAdd(subject, static _ => new Counter());
    }

    /// <summary>An IPv6 customer holds a /64 at the least, so a single address of it says nothing.</summary>
    private static IPAddress Subject(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private sealed class Counter
    {
        public DateTimeOffset Ends { get; set; }

        public int Used { get; set; }
    }
}
