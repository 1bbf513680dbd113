using Recado.Protocol.Crypto;

namespace Recado.Client.Connection;

/// <summary>Ids of queries: two random numbers per client and a counter, <c>12.34-5</c>. Thread-safe.</summary>
internal sealed class RequestIds(IRandomSource random)
{
    private readonly string _prefix = Prefix(random.Bytes(2));
    private long _count;

    public string Next() => $"{_prefix}{Interlocked.Increment(ref _count)}";

    private static string Prefix(byte[] bytes) => $"{bytes[0]}.{bytes[1]}-";
}
