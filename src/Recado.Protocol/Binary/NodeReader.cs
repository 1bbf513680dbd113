using System.Buffers.Binary;
using System.Text;

namespace Recado.Protocol.Binary;

/// <summary>
/// Reads one node from a decrypted and inflated packet, front to back. Strings that are tokens cost nothing; the rest is copied once.
/// <code>
/// node := list(n) tag (key value)* [content]     n = 1 + 2 × attributes + (1 if content)
/// </code>
/// </summary>
internal ref struct NodeReader(ReadOnlySpan<byte> packet)
{
    private const int MinNodeLength = 3;

    private readonly ReadOnlySpan<byte> _packet = packet;
    private int _offset;
    private int _items;

    private readonly int Remaining => _packet.Length - _offset;

    /// <summary>The one node the packet consists of.</summary>
    public Node ReadPacket()
    {
        var node = ReadNode(ReadByte(), depth: 1);
        return Remaining == 0 ? node : throw ProtocolException.MalformedNode($"{Remaining} byte(s) follow its end.");
    }

    private Node ReadNode(byte listTag, int depth)
    {
        if (depth > NodeLimits.MaxDepth)
            throw ProtocolException.NodeTooLarge("levels of nesting", NodeLimits.MaxDepth);

        var size = ReadListSize(listTag);
        if (size == 0)
            throw ProtocolException.MalformedNode("its list is empty, so it has no tag.");

        RequireRoom(size, itemLength: 1);
        _items += 1 + (size - 1) / 2;
        if (_items > NodeLimits.MaxItems)
            throw ProtocolException.NodeTooLarge("nodes and attributes", NodeLimits.MaxItems);

        var tag = ReadString("tag");
        if (tag.Length == 0)
            throw ProtocolException.MalformedNode("its tag is empty.");

        var attributes = ReadAttributes((size - 1) / 2);
        var content = size % 2 == 0 ? ReadContent(depth) : null;
        return new Node(tag, content, attributes);
    }

    private NodeAttribute[] ReadAttributes(int count)
    {
        if (count == 0)
            return [];

        var attributes = new NodeAttribute[count];
        for (var i = 0; i < count; i++)
            attributes[i] = new NodeAttribute(ReadString("attribute name"), ReadAttributeValue());

        return attributes;
    }

    private object ReadAttributeValue()
    {
        var at = _offset;
        var tag = ReadByte();
        return TryReadJid(tag, out var jid) ? jid : ReadString(tag, at, "attribute value");
    }

    private object? ReadContent(int depth)
    {
        var at = _offset;
        var tag = ReadByte();
        return tag switch
        {
            BinaryTag.ListEmpty => null,
            BinaryTag.List8 or BinaryTag.List16 => ReadChildren(tag, depth),
            BinaryTag.Binary8 or BinaryTag.Binary20 or BinaryTag.Binary32 => ReadBytes(tag).ToArray(),
            _ => TryReadJid(tag, out var jid) ? jid : ReadString(tag, at, "content"),
        };
    }

    private Node[]? ReadChildren(byte listTag, int depth)
    {
        var count = ReadListSize(listTag);
        RequireRoom(count, MinNodeLength);
        if (count == 0)
            return null;

        var children = new Node[count];
        for (var i = 0; i < count; i++)
            children[i] = ReadNode(ReadByte(), depth + 1);

        return children;
    }

    private int ReadListSize(byte tag) => tag switch
    {
        BinaryTag.ListEmpty => 0,
        BinaryTag.List8 => ReadByte(),
        BinaryTag.List16 => ReadUInt16(),
        _ => throw ProtocolException.UnexpectedTag(tag, "list", _offset - 1),
    };

    /// <summary>Refuses a count that the rest of the packet cannot hold, before anything is allocated for it.</summary>
    private readonly void RequireRoom(int items, int itemLength)
    {
        if ((long)items * itemLength > Remaining)
            throw ProtocolException.Truncated(items * itemLength, _offset, _packet.Length);
    }

    private string ReadString(string expected)
    {
        var at = _offset;
        return ReadString(ReadByte(), at, expected);
    }

    private string ReadString(byte tag, int at, string expected) => tag switch
    {
        BinaryTag.ListEmpty => "",
        <= BinaryTag.LastSingleToken => TokenTable.Single(tag),
        <= BinaryTag.Dictionary3 => TokenTable.Double(tag, ReadByte()),
        BinaryTag.Binary8 or BinaryTag.Binary20 or BinaryTag.Binary32 => Encoding.UTF8.GetString(ReadBytes(tag)),
        BinaryTag.Nibble8 or BinaryTag.Hex8 => ReadPacked(tag),
        _ => throw ProtocolException.UnexpectedTag(tag, expected, at),
    };

    private string ReadPacked(byte tag)
    {
        var header = ReadByte();
        return PackedText.Unpack(Take(header & 0x7F), isOdd: (header & 0x80) != 0, isHex: tag == BinaryTag.Hex8);
    }

    private bool TryReadJid(byte tag, out Jid jid)
    {
        jid = tag switch
        {
            BinaryTag.JidPair => ReadJidPair(),
            BinaryTag.DeviceJid => ReadDeviceJid(),
            BinaryTag.MessengerJid => ReadMessengerJid(),
            BinaryTag.InteropJid => ReadInteropJid(),
            _ => default,
        };
        return tag is BinaryTag.JidPair or BinaryTag.DeviceJid or BinaryTag.MessengerJid or BinaryTag.InteropJid;
    }

    /// <summary><c>user server</c></summary>
    private Jid ReadJidPair()
    {
        var user = ReadString("user");
        var server = ReadString("server");
        return server.Length > 0 ? new Jid(user, server) : throw ProtocolException.MalformedNode("a JID has no server.");
    }

    /// <summary><c>domain device user</c>; the domain stands for the server.</summary>
    private Jid ReadDeviceJid()
    {
        var domain = ReadByte();
        var device = ReadByte();
        var user = ReadString("user");
        return domain switch
        {
            0 => new Jid(user, JidServer.PhoneNumber, device),
            1 => new Jid(user, JidServer.Lid, device),
            128 => new Jid(user, JidServer.Hosted, device),
            129 => new Jid(user, JidServer.HostedLid, device),
            _ => new Jid(user, JidServer.PhoneNumber, device, agent: domain, integrator: 0),
        };
    }

    /// <summary><c>user device(2) server</c></summary>
    private Jid ReadMessengerJid()
    {
        var user = ReadString("user");
        var device = ReadUInt16();
        RequireServer(JidServer.Messenger);
        return new Jid(user, JidServer.Messenger, device);
    }

    /// <summary><c>user device(2) integrator(2) server</c></summary>
    private Jid ReadInteropJid()
    {
        var user = ReadString("user");
        var device = ReadUInt16();
        var integrator = ReadUInt16();
        RequireServer(JidServer.Interop);
        return new Jid(user, JidServer.Interop, device, agent: 0, integrator);
    }

    private void RequireServer(string expected)
    {
        if (ReadString("server") != expected)
            throw ProtocolException.MalformedNode($"a JID of the form used for '{expected}' names another server.");
    }

    private ReadOnlySpan<byte> ReadBytes(byte tag)
    {
        var length = tag switch
        {
            BinaryTag.Binary8 => ReadByte(),
            BinaryTag.Binary20 => ((ReadByte() & 0x0Fu) << 16) | ReadUInt16(),
            _ => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        };
        return Take(length);
    }

    private byte ReadByte()
    {
        if (_offset >= _packet.Length)
            throw ProtocolException.Truncated(1, _offset, _packet.Length);

        return _packet[_offset++];
    }

    private ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>The next bytes, as a window over the packet. The only place that moves forward.</summary>
    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > (uint)Remaining)
            throw ProtocolException.Truncated((int)Math.Min(count, int.MaxValue), _offset, _packet.Length);

        var window = _packet.Slice(_offset, (int)count);
        _offset += (int)count;
        return window;
    }

    private ReadOnlySpan<byte> Take(int count) => Take((uint)count);
}
