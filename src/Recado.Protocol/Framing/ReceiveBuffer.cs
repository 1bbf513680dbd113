namespace Recado.Protocol.Framing;

/// <summary>Bytes received and not yet consumed. Grows with what has arrived, never with what was announced.</summary>
internal sealed class ReceiveBuffer
{
    private const int InitialCapacity = 4096;
    private const int IdleCapacity = 1 << 20; // a buffer that once held a giant frame is not kept for the small ones

    private byte[] _bytes = new byte[InitialCapacity];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte> Unread => _bytes.AsMemory(_start, _end - _start);

    /// <summary>Adds bytes at the end. What <see cref="Unread"/> gave out before is no longer valid.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var unread = _end - _start;
        if (bytes.Length > _bytes.Length - _end)
        {
            var needed = checked(unread + bytes.Length);
            var target = needed > _bytes.Length ? new byte[Math.Max(needed, (int)Math.Min(2L * _bytes.Length, Array.MaxLength))]
                : _bytes.Length > IdleCapacity && needed <= InitialCapacity ? new byte[InitialCapacity]
                : _bytes;
            _bytes.AsSpan(_start, unread).CopyTo(target);
            (_bytes, _start, _end) = (target, 0, unread);
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Drops bytes at the front; their memory stays valid until the next <see cref="Append"/>.</summary>
    public void Consume(int count) => _start += count;
}
