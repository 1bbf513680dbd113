using System.Buffers.Binary;
using Recado.Protocol.Crypto;

namespace Recado.Client.Connection;

/// <summary>
/// Delays between connection attempts: none, then one step more each time up to a limit, all ±20 % so that many sessions do not return at
/// once.
/// </summary>
internal sealed class Backoff(TimeSpan step, TimeSpan limit, IRandomSource random)
{
    private int _failures;

    public void Reset() => _failures = 0;

    public TimeSpan Next()
    {
        var delay = TimeSpan.FromTicks(Math.Min(step.Ticks * _failures, limit.Ticks));
        _failures = Math.Min(_failures + 1, 1000);
        return delay * (0.8 + (0.4 * Fraction(random)));
    }

    /// <summary>A number from 0 to 1.</summary>
    public static double Fraction(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) / (double)uint.MaxValue;
    }
}
