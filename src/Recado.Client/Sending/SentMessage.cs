using System.Buffers.Binary;
using System.Text;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Sending;

/// <summary>
/// A message as it was sent, kept for recipients that could not read it: <c>u64 unix seconds ‖ u16 length ‖ recipient ‖ protobuf</c>,
/// big-endian.
/// </summary>
internal sealed record SentMessage(Jid To, DateTimeOffset QueuedAt, byte[] Protobuf)
{
    private const int HeaderLength = 10;

    public byte[] Serialize()
    {
        var to = Encoding.UTF8.GetBytes(To.ToString());
        var data = new byte[HeaderLength + to.Length + Protobuf.Length];
        BinaryPrimitives.WriteInt64BigEndian(data, QueuedAt.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(8), (ushort)to.Length);
        to.CopyTo(data, HeaderLength);
        Protobuf.CopyTo(data, HeaderLength + to.Length);
        return data;
    }

    public static SentMessage Parse(byte[] data)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(8));
        return new(
            Jid.Parse(Encoding.UTF8.GetString(data, HeaderLength, length)),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(data)),
            data[(HeaderLength + length)..]);
    }

    public static async ValueTask<SentMessage?> FindAsync(DeviceTransaction device, string messageId, CancellationToken ct) =>
        await device.ReadAsync(Keys.SentMessage(messageId), ct).ConfigureAwait(false) is { } data ? Parse(data) : null;
}
