using System.Globalization;

namespace Recado.Protocol.Binary;

/// <summary>
/// One attribute of a <see cref="Node"/>: text or a JID. Written as a tuple: <c>("id", id)</c>, <c>("to", Jid.Service)</c>, <c>("count", 5)</c>.
/// </summary>
public readonly struct NodeAttribute : IEquatable<NodeAttribute>
{
    private readonly object? _value; // null, string or Jid

    /// <summary>An attribute with a text value; null means that the attribute is absent.</summary>
    public NodeAttribute(string key, string? value)
        : this(key, (object?)value)
    {
    }

    /// <summary>An attribute whose value is a JID, on the wire too.</summary>
    public NodeAttribute(string key, Jid value)
        : this(key, (object)value)
    {
    }

    internal NodeAttribute(string key, object? value) => (Key, _value) = (key, value);

    /// <summary>The attribute's name.</summary>
    public string Key { get; }

    /// <summary>The value as text; a JID in its usual text form.</summary>
    public string Value => _value switch
    {
        string text => text,
        Jid jid => jid.ToString(),
        _ => "",
    };

    /// <summary>The value, when it is a JID on the wire.</summary>
    public Jid? Jid => _value as Jid?;

    internal bool IsAbsent => _value is null;

    internal object? Raw => _value;

    /// <inheritdoc/>
    public bool Equals(NodeAttribute other) => Key == other.Key && Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeAttribute other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, _value);

    /// <summary>Compares key and value.</summary>
    public static bool operator ==(NodeAttribute left, NodeAttribute right) => left.Equals(right);

    /// <summary>Compares key and value.</summary>
    public static bool operator !=(NodeAttribute left, NodeAttribute right) => !left.Equals(right);

    /// <summary>A text attribute; null means that it is absent.</summary>
    public static implicit operator NodeAttribute((string Key, string? Value) attribute) => new(attribute.Key, attribute.Value);

    /// <summary>A JID attribute.</summary>
    public static implicit operator NodeAttribute((string Key, Jid Value) attribute) => new(attribute.Key, attribute.Value);

    /// <summary>A JID attribute; null means that it is absent.</summary>
    public static implicit operator NodeAttribute((string Key, Jid? Value) attribute) => new(attribute.Key, (object?)attribute.Value);

    /// <summary>A number, written as decimal text.</summary>
    public static implicit operator NodeAttribute((string Key, long Value) attribute) =>
        new(attribute.Key, attribute.Value.ToString(CultureInfo.InvariantCulture));
}
