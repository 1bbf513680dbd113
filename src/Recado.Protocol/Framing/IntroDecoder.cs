namespace Recado.Protocol.Framing;

/// <summary>
/// The server's side of <see cref="IntroHeader"/>: reads the header from a stream of bytes, wherever it was split, and refuses
/// anything else at the first wrong byte. One owner; not thread-safe.
/// </summary>
public sealed class IntroDecoder
{
    private readonly ReceiveBuffer _received = new();

    /// <summary>The bytes after the header, once <see cref="TryRead"/> has succeeded. They belong to a <see cref="FrameDecoder"/>.</summary>
    public ReadOnlyMemory<byte> Remainder => _received.Unread;

    /// <summary>Takes bytes as they arrive.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _received.Append(bytes);

    /// <summary>Whether the header is complete; gives its routing information, empty when there was none. Succeeds once.</summary>
    /// <exception cref="ProtocolException">The bytes are no intro header of this version (<see cref="ProtocolError.MalformedIntro"/>).</exception>
    public bool TryRead(out byte[] routingInfo)
    {
        routingInfo = [];
        var unread = _received.Unread.Span;
        if (unread.IsEmpty)
            return false;

        var magicAt = 0;
        if (unread[0] == IntroHeader.Prelude[0])
        {
            var infoAt = IntroHeader.Prelude.Length + FrameEncoder.HeaderLength;
            RequirePrefix(unread, IntroHeader.Prelude, "the routing prelude has an unknown version.");
            if (unread.Length < infoAt)
                return false;

            var length = FrameEncoder.ReadLength(unread[IntroHeader.Prelude.Length..]);
            if (length > IntroHeader.MaxRoutingInfoLength)
                throw ProtocolException.MalformedIntro($"{length} bytes of routing information, more than {IntroHeader.MaxRoutingInfoLength}.");

            magicAt = infoAt + length;
            if (unread.Length < magicAt)
                return false;
            routingInfo = unread[infoAt..magicAt].ToArray();
        }

        RequirePrefix(unread[magicAt..], IntroHeader.Magic, "its name or version is unknown.");
        if (unread.Length < magicAt + IntroHeader.Magic.Length)
        {
            routingInfo = [];
            return false;
        }

        _received.Consume(magicAt + IntroHeader.Magic.Length);
        return true;
    }

    /// <summary>As far as the bytes have arrived, they must be the expected ones.</summary>
    private static void RequirePrefix(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected, string otherwise)
    {
        var length = Math.Min(bytes.Length, expected.Length);
        if (!bytes[..length].SequenceEqual(expected[..length]))
            throw ProtocolException.MalformedIntro(otherwise);
    }
}
