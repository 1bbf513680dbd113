using System.Buffers;

namespace Recado.Protocol.Framing;

/// <summary>Puts the length before a body: <c>length(3, big-endian) ‖ body</c>.</summary>
public static class FrameEncoder
{
    /// <summary>The longest body a frame can have, in bytes.</summary>
    public const int MaxBodyLength = 0xFF_FFFF;

    internal const int HeaderLength = 3;

    /// <summary>Length of the frame around a body of this length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The body is longer than <see cref="MaxBodyLength"/>.</exception>
    public static int GetLength(int body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(body);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body, MaxBodyLength);
        return HeaderLength + body;
    }

    /// <summary>Writes one frame.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The body is longer than <see cref="MaxBodyLength"/>.</exception>
    public static void Write(IBufferWriter<byte> destination, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var length = GetLength(body.Length);
        Write(destination.GetSpan(length), body);
        destination.Advance(length);
    }

    /// <summary>One frame in an array of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The body is longer than <see cref="MaxBodyLength"/>.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> body)
    {
        var frame = new byte[GetLength(body.Length)];
        Write(frame, body);
        return frame;
    }

    internal static void WriteLength(Span<byte> header, int length)
    {
        header[0] = (byte)(length >> 16);
        header[1] = (byte)(length >> 8);
        header[2] = (byte)length;
    }

    internal static int ReadLength(ReadOnlySpan<byte> header) => (header[0] << 16) | (header[1] << 8) | header[2];

    private static void Write(Span<byte> frame, ReadOnlySpan<byte> body)
    {
        WriteLength(frame, body.Length);
        body.CopyTo(frame[HeaderLength..]);
    }
}
