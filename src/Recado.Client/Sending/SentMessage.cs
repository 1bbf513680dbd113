using System.Buffers.Binary;
using System.Text;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Sending;

/// <summary>
/// A message as it was sent, kept for recipients that could not read it: <c>u64 unix seconds ‖ u16 length ‖ names ‖ protobuf</c>,
/// big-endian; the names are the chat and our own device by the name it uses there, with a space between them.
/// </summary>
internal sealed record SentMessage(Jid To, Jid? Self, DateTimeOffset QueuedAt, byte[] Protobuf)
{
    private const int HeaderLength = 10;

    public byte[] Serialize()
    {
        var names = Encoding.UTF8.GetBytes(Self is { } self ? $"{To} {self}" : To.ToString());
        var data = new byte[HeaderLength + names.Length + Protobuf.Length];
        BinaryPrimitives.WriteInt64BigEndian(data, QueuedAt.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(8), (ushort)names.Length);
        names.CopyTo(data, HeaderLength);
        Protobuf.CopyTo(data, HeaderLength + names.Length);
        return data;
    }

    public static SentMessage Parse(byte[] data)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(8));
        var names = Encoding.UTF8.GetString(data, HeaderLength, length).Split(' ');
        return new(
            Jid.Parse(names[0]),
            names.Length > 1 ? Jid.Parse(names[1]) : null,
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(data)),
            data[(HeaderLength + length)..]);
    }

    public static async ValueTask<SentMessage?> FindAsync(DeviceTransaction device, string messageId, CancellationToken ct) =>
        await device.ReadAsync(Keys.SentMessage(messageId), ct).ConfigureAwait(false) is { } data ? Parse(data) : null;
}
