using System.Globalization;
using System.Text;

namespace Recado.Protocol.Binary;

/// <summary>
/// A stanza or a part of one: tag, attributes, and either nothing, child nodes, bytes, text or a JID. Immutable;
/// byte arrays handed in are not copied and must not change afterwards.
/// </summary>
public sealed partial class Node
{
    private readonly NodeAttribute[] _attributes;
    private readonly object? _content; // null, Node[], byte[], string or Jid

    /// <summary>A node with nothing but its tag.</summary>
    public Node(string tag)
        : this(tag, content: null, [])
    {
    }

    /// <summary>A node without content.</summary>
    public Node(string tag, IReadOnlyList<NodeAttribute> attributes)
        : this(tag, content: null, Present(attributes))
    {
    }

    /// <summary>A node with children; no children is no content.</summary>
    public Node(string tag, IReadOnlyList<NodeAttribute> attributes, params IReadOnlyList<Node> children)
        : this(tag, children is { Count: > 0 } ? children.ToArray() : null, Present(attributes))
    {
    }

    /// <summary>A node with bytes.</summary>
    public Node(string tag, IReadOnlyList<NodeAttribute> attributes, byte[] bytes)
        : this(tag, (object)bytes ?? throw new ArgumentNullException(nameof(bytes)), Present(attributes))
    {
    }

    /// <summary>A node with text.</summary>
    public Node(string tag, IReadOnlyList<NodeAttribute> attributes, string text)
        : this(tag, (object)text ?? throw new ArgumentNullException(nameof(text)), Present(attributes))
    {
    }

    /// <summary>A node whose content is a JID.</summary>
    public Node(string tag, IReadOnlyList<NodeAttribute> attributes, Jid jid)
        : this(tag, (object)jid, Present(attributes))
    {
    }

    internal Node(string tag, object? content, NodeAttribute[] attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        Tag = tag;
        _attributes = attributes;
        _content = content;
    }

    /// <summary>A leaf with bytes and no attributes.</summary>
    public static Node Of(string tag, byte[] bytes) => new(tag, [], bytes);

    /// <summary>A leaf with text and no attributes.</summary>
    public static Node Of(string tag, string text) => new(tag, [], text);

    /// <summary>A node with children and no attributes.</summary>
    public static Node Of(string tag, params IReadOnlyList<Node> children) => new(tag, [], children);

    /// <summary>The node's name.</summary>
    public string Tag { get; }

    /// <summary>The attributes in the order of the wire. Should a key occur twice, the last one counts.</summary>
    public IReadOnlyList<NodeAttribute> Attributes => _attributes;

    /// <summary>What the node carries.</summary>
    public NodeContentKind ContentKind => _content switch
    {
        null => NodeContentKind.None,
        Node[] => NodeContentKind.Nodes,
        byte[] => NodeContentKind.Bytes,
        string => NodeContentKind.Text,
        _ => NodeContentKind.Jid,
    };

    /// <summary>Whether the node carries anything.</summary>
    public bool HasContent => _content is not null;

    /// <summary>The children; empty when there are none.</summary>
    public IReadOnlyList<Node> Children => ChildArray;

    /// <summary>The content as bytes: text as UTF-8, nothing when there are children or no content.</summary>
    public ReadOnlyMemory<byte> Bytes => _content switch
    {
        byte[] bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        Jid jid => Encoding.UTF8.GetBytes(jid.ToString()),
        _ => ReadOnlyMemory<byte>.Empty,
    };

    /// <summary>The content as text: bytes read as UTF-8, empty when there are children or no content.</summary>
    public string Text => _content switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        Jid jid => jid.ToString(),
        _ => "",
    };

    internal ReadOnlySpan<NodeAttribute> AttributeSpan => _attributes;

    internal object? RawContent => _content;

    private Node[] ChildArray => _content as Node[] ?? [];

    /// <summary>The attribute's value as text, or null when it is absent.</summary>
    public string? this[string attribute] => Find(attribute) switch
    {
        string text => text,
        Jid jid => jid.ToString(),
        _ => null,
    };

    /// <summary>The attribute's value as text.</summary>
    /// <exception cref="ProtocolException">The attribute is absent.</exception>
    public string Required(string attribute) => this[attribute] ?? throw ProtocolException.MissingAttribute(Tag, attribute);

    /// <summary>The attribute's value as a JID: a JID on the wire, or text that parses as one. Null when it is absent or no JID.</summary>
    public Jid? JidOf(string attribute) => Find(attribute) switch
    {
        Jid jid => jid,
        string text when Jid.TryParse(text, out var jid) => jid,
        _ => null,
    };

    /// <summary>The attribute's value as a JID.</summary>
    /// <exception cref="ProtocolException">The attribute is absent or no JID.</exception>
    public Jid RequiredJid(string attribute) => JidOf(attribute)
        ?? throw (Find(attribute) is null
            ? ProtocolException.MissingAttribute(Tag, attribute)
            : ProtocolException.MalformedStanza($"The attribute '{attribute}' of <{Tag}> is no JID."));

    /// <summary>The attribute's value as a decimal number, or null when it is absent or none.</summary>
    public long? NumberOf(string attribute) =>
        long.TryParse(this[attribute], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether the attribute was a JID on the wire, as opposed to text that looks like one.</summary>
    public bool IsJid(string attribute) => Find(attribute) is Jid;

    /// <summary>The first child of this name, or null.</summary>
    public Node? Child(string tag)
    {
        foreach (var child in ChildArray)
        {
            if (child.Tag == tag)
                return child;
        }

        return null;
    }

    /// <summary>The first child of this name.</summary>
    /// <exception cref="ProtocolException">There is none.</exception>
    public Node RequiredChild(string tag) => Child(tag) ?? throw ProtocolException.MissingChild(Tag, tag);

    /// <summary>All children of this name.</summary>
    public IEnumerable<Node> ChildrenOf(string tag) => ChildArray.Where(child => child.Tag == tag);

    private object? Find(string attribute)
    {
        for (var i = _attributes.Length - 1; i >= 0; i--)
        {
            if (_attributes[i].Key == attribute)
                return _attributes[i].Raw;
        }

        return null;
    }

    private static NodeAttribute[] Present(IReadOnlyList<NodeAttribute> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var present = new NodeAttribute[attributes.Count];
        var count = 0;
        for (var i = 0; i < present.Length; i++)
        {
            if (attributes[i] is { IsAbsent: false } attribute)
                present[count++] = attribute;
        }

        return count == present.Length ? present : present[..count];
    }
}
