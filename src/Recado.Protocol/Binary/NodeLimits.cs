namespace Recado.Protocol.Binary;

/// <summary>What one packet may cost. Far above anything the service sends, far below what hurts.</summary>
internal static class NodeLimits
{
    /// <summary>Levels of nesting; real stanzas stay below ten.</summary>
    public const int MaxDepth = 64;

    /// <summary>Nodes and attributes in one packet: three bytes of either can take about seventy bytes of memory.</summary>
    public const int MaxItems = 1 << 20;

    /// <summary>Bytes of a compressed packet after inflating.</summary>
    public const int MaxInflated = 64 << 20;

    /// <summary>Characters of a string worth packing.</summary>
    public const int MaxPackedLength = 127;

    /// <summary>Attributes that a node header can count, next to tag and content.</summary>
    public const int MaxAttributes = (ushort.MaxValue - 2) / 2;
}
