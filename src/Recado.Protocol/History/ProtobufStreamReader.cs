using Google.Protobuf;

namespace Recado.Protocol.History;

/// <summary>
/// Reads the top level of a protobuf from a stream, one field at a time: <c>varint(number &lt;&lt; 3 | wire type) content</c>.
/// Buffers grow with what arrives, never with what a length claims.
/// </summary>
internal sealed class ProtobufStreamReader(Stream stream, HistoryLimits limits)
{
    private const int ChunkLength = 64 * 1024;

    private readonly byte[] _buffer = new byte[ChunkLength];
    private int _position;
    private int _end;
    private long _total;

    public static ProtocolException Malformed(Exception? cause = null) =>
        ProtocolException.MalformedPayload("The history does not inflate to a valid protobuf.", cause);

    /// <summary>The next tag; 0 at the end.</summary>
    public async ValueTask<uint> ReadTagAsync(CancellationToken ct)
    {
        if (_position == _end && !await FillAsync(ct).ConfigureAwait(false))
            return 0;

        var tag = await ReadVarintAsync(ct).ConfigureAwait(false);
        return tag is > 7 and <= uint.MaxValue ? (uint)tag : throw Malformed();
    }

    /// <summary>The content of a length-delimited field.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(CancellationToken ct)
    {
        var length = await ReadVarintAsync(ct).ConfigureAwait(false);
        if (length > (ulong)limits.MaxItem)
            throw ProtocolException.MalformedPayload($"An item of the history is longer than {limits.MaxItem} bytes.");

        using var content = new MemoryStream((int)Math.Min(length, ChunkLength));
        await TakeAsync(length, content, ct).ConfigureAwait(false);
        return content.ToArray();
    }

    /// <summary>Passes over a field.</summary>
    public async ValueTask SkipAsync(uint tag, CancellationToken ct)
    {
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                await ReadVarintAsync(ct).ConfigureAwait(false);
                break;
            case WireFormat.WireType.Fixed32:
                await TakeAsync(sizeof(uint), Stream.Null, ct).ConfigureAwait(false);
                break;
            case WireFormat.WireType.Fixed64:
                await TakeAsync(sizeof(ulong), Stream.Null, ct).ConfigureAwait(false);
                break;
            case WireFormat.WireType.LengthDelimited:
                await TakeAsync(await ReadVarintAsync(ct).ConfigureAwait(false), Stream.Null, ct).ConfigureAwait(false);
                break;
            default:
                throw Malformed();
        }
    }

    private async ValueTask TakeAsync(ulong count, Stream destination, CancellationToken ct)
    {
        while (count > 0)
        {
            if (_position == _end && !await FillAsync(ct).ConfigureAwait(false))
                throw Malformed();

            var taken = (int)Math.Min(count, (ulong)(_end - _position));
            await destination.WriteAsync(_buffer.AsMemory(_position, taken), ct).ConfigureAwait(false);
            _position += taken;
            count -= (ulong)taken;
        }
    }

    private async ValueTask<ulong> ReadVarintAsync(CancellationToken ct)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _end && !await FillAsync(ct).ConfigureAwait(false))
                throw Malformed();

            var next = _buffer[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed();
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        try
        {
            _position = 0;
            _end = await stream.ReadAsync(_buffer, ct).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(e);
        }

        _total += _end;
        return _total <= limits.MaxInflated
            ? _end > 0
            : throw ProtocolException.MalformedPayload($"The history inflates to more than {limits.MaxInflated} bytes.");
    }
}
