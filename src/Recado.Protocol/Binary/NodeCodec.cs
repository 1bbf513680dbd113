using System.Buffers;

namespace Recado.Protocol.Binary;

/// <summary>
/// Turns nodes into packets and back: <c>flag byte ‖ node</c>. A packet is what one transport frame holds after decryption.
/// Stateless and thread-safe.
/// </summary>
public static class NodeCodec
{
    private const byte Uncompressed = 0;
    private const byte CompressedBit = 2;

    /// <summary>The packet of a node, never compressed.</summary>
    /// <exception cref="ArgumentException">The node is nested too deeply, or has more children or attributes than the format can count.</exception>
    public static byte[] Encode(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var writer = new NodeWriter();
        try
        {
            writer.WriteByte(Uncompressed);
            writer.WriteNode(node);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Writes the packet of a node, never compressed.</summary>
    /// <exception cref="ArgumentException">The node is nested too deeply, or has more children or attributes than the format can count.</exception>
    public static void Encode(Node node, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(destination);
        var writer = new NodeWriter();
        try
        {
            writer.WriteByte(Uncompressed);
            writer.WriteNode(node);
            destination.Write(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>The node of a packet. Nothing of the packet is kept; inflated size, nesting and counts are bounded.</summary>
    /// <exception cref="ProtocolException">
    /// The packet is cut off, malformed or too large, or bytes follow the node
    /// (<see cref="ProtocolError.TruncatedNode"/>, <see cref="ProtocolError.MalformedNode"/>, <see cref="ProtocolError.NodeTooLarge"/>).
    /// </exception>
    public static Node Decode(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
            throw ProtocolException.Truncated(1, 0, 0);

        var body = packet[1..];
        if ((packet[0] & CompressedBit) == 0)
            return new NodeReader(body).ReadPacket();

        using var inflated = InflatedPacket.Inflate(body, NodeLimits.MaxInflated);
        return new NodeReader(inflated.Bytes).ReadPacket();
    }
}
