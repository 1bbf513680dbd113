using Recado.Protocol.Binary;

namespace Recado.Protocol.Framing;

/// <summary>
/// What a client sends before its first frame: <c>["ED" 00 01 length(3) routing-info] "WA" 06 03</c>.
/// </summary>
public static class IntroHeader
{
    /// <summary>Longest routing information accepted; the service hands out a few bytes.</summary>
    public const int MaxRoutingInfoLength = 4096;

    private const byte ProtocolVersion = 6;

    private static readonly byte[] MagicBytes = [(byte)'W', (byte)'A', ProtocolVersion, TokenTable.Version];

    /// <summary>The four bytes <c>57 41 06 03</c>: name, protocol version, dictionary version. They are the Noise prologue too.</summary>
    public static ReadOnlySpan<byte> Magic => MagicBytes;

    /// <summary>Goes before the routing information: name and version of this prelude.</summary>
    internal static ReadOnlySpan<byte> Prelude => [(byte)'E', (byte)'D', 0, 1];

    /// <summary>The header, with the routing information the service gave at the last connection, if any.</summary>
    /// <exception cref="ArgumentException">The routing information is longer than <see cref="MaxRoutingInfoLength"/>.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> routingInfo = default)
    {
        if (routingInfo.Length > MaxRoutingInfoLength)
            throw new ArgumentException($"Routing information has at most {MaxRoutingInfoLength} bytes, not {routingInfo.Length}.", nameof(routingInfo));
        if (routingInfo.IsEmpty)
            return MagicBytes[..];

        Span<byte> length = stackalloc byte[FrameEncoder.HeaderLength];
        FrameEncoder.WriteLength(length, routingInfo.Length);
        return [.. Prelude, .. length, .. routingInfo, .. Magic];
    }
}
