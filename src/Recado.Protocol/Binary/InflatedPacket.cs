using System.Buffers;
using System.IO.Compression;

namespace Recado.Protocol.Binary;

/// <summary>The content of a zlib stream (RFC 1950) in a rented buffer.</summary>
internal readonly struct InflatedPacket : IDisposable
{
    private readonly byte[] _buffer;
    private readonly int _length;

    private InflatedPacket(byte[] buffer, int length) => (_buffer, _length) = (buffer, length);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    /// <summary>Inflates at most <paramref name="limit"/> bytes. The buffer grows with what arrives, never with what is announced.</summary>
    public static InflatedPacket Inflate(ReadOnlySpan<byte> compressed, int limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(limit, Math.Max(4096, 4 * compressed.Length)));
        var length = 0;
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(compressed.ToArray(), writable: false), CompressionMode.Decompress);
            while (zlib.Read(buffer, length, buffer.Length - length) is > 0 and var read)
            {
                length += read;
                if (length > limit)
                    throw ProtocolException.NodeTooLarge("bytes after inflating", limit);
                if (length == buffer.Length)
                    buffer = Enlarge(buffer, length);
            }

            return new InflatedPacket(buffer, length);
        }
        catch (Exception e)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            if (e is InvalidDataException)
                throw ProtocolException.MalformedNode("its compressed form is no zlib stream.");
            throw;
        }
    }

    private static byte[] Enlarge(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }
}
