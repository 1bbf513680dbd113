using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Recado.Protocol.Binary;

/// <summary>
/// The content of a zlib stream (RFC 1950) in a rented buffer: <c>header(2) ‖ deflate ‖ Adler-32(4, big-endian)</c>.
/// The framework's own reader accepts streams that are cut off or followed by other bytes; checking the sum here does not.
/// </summary>
internal readonly struct InflatedPacket : IDisposable
{
    private const int HeaderLength = 2;
    private const int ChecksumLength = 4;
    private const byte DeflateMethod = 8;
    private const byte DictionaryBit = 0x20;

    private readonly byte[] _buffer;
    private readonly int _length;

    private InflatedPacket(byte[] buffer, int length) => (_buffer, _length) = (buffer, length);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true); // stanzas hold secrets

    /// <summary>Inflates at most <paramref name="limit"/> bytes. The buffer grows with what arrives.</summary>
    public static InflatedPacket Inflate(ReadOnlySpan<byte> zlib, int limit)
    {
        if (zlib.Length < HeaderLength + ChecksumLength || !IsHeader(zlib[0], zlib[1]))
            throw NoZlib();

        var packet = Inflate(zlib[HeaderLength..^ChecksumLength].ToArray(), limit);
        if (Adler32(packet.Bytes) == BinaryPrimitives.ReadUInt32BigEndian(zlib[^ChecksumLength..]))
            return packet;

        packet.Dispose();
        throw NoZlib();
    }

    private static InflatedPacket Inflate(byte[] deflated, int limit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(limit, 4096 + 4 * deflated.Length));
        var length = 0;
        try
        {
            using var stream = new DeflateStream(new MemoryStream(deflated, writable: false), CompressionMode.Decompress);
            while (stream.Read(buffer, length, buffer.Length - length) is > 0 and var read)
            {
                length += read;
                if (length > limit)
                    throw ProtocolException.NodeTooLarge("bytes after inflating", limit);
                if (length == buffer.Length)
                    buffer = Enlarge(buffer);
            }

            return new InflatedPacket(buffer, length);
        }
        catch (Exception e)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            if (e is InvalidDataException or IOException)
                throw NoZlib(e);
            throw;
        }
    }

    private static bool IsHeader(byte method, byte flags) =>
        (method & 0x0F) == DeflateMethod && (flags & DictionaryBit) == 0 && ((method << 8) | flags) % 31 == 0;

    private static byte[] Enlarge(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * full.Length);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full, clearArray: true);
        return larger;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65_521;
        const int MaxRun = 5_552; // as many bytes as b can take before it overflows

        uint a = 1, b = 0;
        while (!bytes.IsEmpty)
        {
            var run = bytes[..Math.Min(MaxRun, bytes.Length)];
            foreach (var value in run)
                b += a += value;

            (a, b) = (a % Modulus, b % Modulus);
            bytes = bytes[run.Length..];
        }

        return (b << 16) | a;
    }

    private static ProtocolException NoZlib(Exception? cause = null) =>
        ProtocolException.MalformedNode("its compressed form is no complete zlib stream.", cause);
}
