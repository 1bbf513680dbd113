using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Recado.Protocol.Binary;

/// <summary>Writes one packet into a rented buffer that grows as needed. <see cref="Dispose"/> gives the buffer back.</summary>
internal ref struct NodeWriter
{
    private const int InitialCapacity = 1024;

    private byte[] _buffer;
    private int _length;

    public NodeWriter() => _buffer = ArrayPool<byte>.Shared.Rent(InitialCapacity);

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true); // stanzas hold secrets

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    public void WriteNode(Node node, int depth = 1)
    {
        if (depth > NodeLimits.MaxDepth)
            throw new ArgumentException($"A node may be nested {NodeLimits.MaxDepth} levels deep.", nameof(node));

        var attributes = 0;
        foreach (ref readonly var attribute in node.AttributeSpan)
        {
            if (IsWritten(attribute))
                attributes++;
        }

        if (attributes > NodeLimits.MaxAttributes)
            throw new ArgumentException($"A node may have {NodeLimits.MaxAttributes} attributes.", nameof(node));

        WriteListHeader(1 + 2 * attributes + (node.HasContent ? 1 : 0));
        WriteString(node.Tag);
        foreach (ref readonly var attribute in node.AttributeSpan)
        {
            if (!IsWritten(attribute))
                continue;
            WriteString(attribute.Key);
            if (attribute.Raw is Jid jid)
                WriteJid(jid);
            else
                WriteString((string)attribute.Raw!);
        }

        WriteContent(node.RawContent, depth);
    }

    /// <summary>An empty value says nothing: such attributes are left out, as the official clients do.</summary>
    private static bool IsWritten(in NodeAttribute attribute) => attribute.Raw is not "";

    private void WriteContent(object? content, int depth)
    {
        switch (content)
        {
            case null:
                break;
            case Node[] children:
                WriteListHeader(children.Length);
                foreach (var child in children)
                    WriteNode(child, depth + 1);
                break;
            case byte[] bytes:
                WriteBytesHeader(bytes.Length);
                bytes.CopyTo(Reserve(bytes.Length));
                break;
            case Jid jid:
                WriteJid(jid);
                break;
            default:
                WriteString((string)content);
                break;
        }
    }

    private void WriteListHeader(int count)
    {
        switch (count)
        {
            case 0:
                WriteByte(BinaryTag.ListEmpty);
                break;
            case <= byte.MaxValue:
                WriteByte(BinaryTag.List8);
                WriteByte((byte)count);
                break;
            case <= ushort.MaxValue:
                WriteByte(BinaryTag.List16);
                WriteUInt16((ushort)count);
                break;
            default:
                throw new ArgumentException($"A node may have {ushort.MaxValue} children, not {count}.", nameof(count));
        }
    }

    private void WriteString(string text)
    {
        if (TokenTable.TryFind(text, out var tag, out var index))
        {
            WriteByte(tag);
            if (tag >= BinaryTag.Dictionary0)
                WriteByte(index);
        }
        else if (PackedText.TryClassify(text, out var packing))
        {
            WritePacked(packing, text);
        }
        else
        {
            var length = Encoding.UTF8.GetByteCount(text);
            WriteBytesHeader(length);
            Encoding.UTF8.GetBytes(text, Reserve(length));
        }
    }

    private void WritePacked(byte tag, string text)
    {
        var length = (text.Length + 1) / 2;
        WriteByte(tag);
        WriteByte((byte)(length | (text.Length % 2 << 7)));
        PackedText.Pack(text, Reserve(length));
    }

    private void WriteBytesHeader(int length)
    {
        switch (length)
        {
            case <= byte.MaxValue:
                WriteByte(BinaryTag.Binary8);
                WriteByte((byte)length);
                break;
            case < 1 << 20:
                WriteByte(BinaryTag.Binary20);
                WriteByte((byte)(length >> 16));
                WriteUInt16((ushort)length);
                break;
            default:
                WriteByte(BinaryTag.Binary32);
                BinaryPrimitives.WriteInt32BigEndian(Reserve(4), length);
                break;
        }
    }

    private void WriteJid(in Jid jid)
    {
        switch (jid.Server)
        {
            case JidServer.PhoneNumber or JidServer.Lid when jid.Device > 0:
            case JidServer.Hosted or JidServer.HostedLid:
                WriteByte(BinaryTag.DeviceJid);
                WriteByte(jid.Domain!.Value);
                WriteByte((byte)jid.Device);
                WriteString(jid.User);
                break;
            case JidServer.Messenger:
                WriteByte(BinaryTag.MessengerJid);
                WriteString(jid.User);
                WriteUInt16(jid.Device);
                WriteString(jid.Server);
                break;
            case JidServer.Interop:
                WriteByte(BinaryTag.InteropJid);
                WriteString(jid.User);
                WriteUInt16(jid.Device);
                WriteUInt16(jid.Integrator);
                WriteString(jid.Server);
                break;
            default:
                WriteByte(BinaryTag.JidPair);
                if (jid.User.Length == 0)
                    WriteByte(BinaryTag.ListEmpty);
                else
                    WriteString(jid.User);
                WriteString(jid.Server);
                break;
        }
    }

    private void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    private Span<byte> Reserve(int count)
    {
        if (count > _buffer.Length - _length)
            Grow(count);

        var window = _buffer.AsSpan(_length, count);
        _length += count;
        return window;
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + count), 2 * _buffer.Length));
        Written.CopyTo(larger);
        Dispose();
        _buffer = larger;
    }
}
