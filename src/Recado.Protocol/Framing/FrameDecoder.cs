namespace Recado.Protocol.Framing;

/// <summary>
/// Cuts a stream of bytes into frames, wherever the stream was split. One owner; not thread-safe.
/// </summary>
/// <param name="maxFrameLength">Longest body accepted, in bytes. Default: what the format can express.</param>
public sealed class FrameDecoder(int maxFrameLength = FrameEncoder.MaxBodyLength)
{
    private readonly ReceiveBuffer _received = new();

    /// <summary>Takes bytes as they arrive. Frames read before are no longer valid.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _received.Append(bytes);

    /// <summary>
    /// Gives the body of the next frame that is complete. It lies in the decoder's own memory: use or copy it before the next call.
    /// </summary>
    /// <exception cref="ProtocolException">The frame is longer than accepted (<see cref="ProtocolError.FrameTooLarge"/>). The stream is of no use any more.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        var unread = _received.Unread;
        if (unread.Length < FrameEncoder.HeaderLength)
            return false;

        var length = FrameEncoder.ReadLength(unread.Span);
        if (length > maxFrameLength)
            throw ProtocolException.FrameTooLarge(length, maxFrameLength);
        if (unread.Length < FrameEncoder.HeaderLength + length)
            return false;

        frame = unread.Slice(FrameEncoder.HeaderLength, length);
        _received.Consume(FrameEncoder.HeaderLength + length);
        return true;
    }
}
