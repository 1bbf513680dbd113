namespace Recado.Protocol.Binary;

/// <summary>What a node carries. Senders differ: the same content may arrive as text from one client and as bytes from another.</summary>
public enum NodeContentKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Other nodes.</summary>
    Nodes,

    /// <summary>Raw bytes.</summary>
    Bytes,

    /// <summary>A string: a token or packed text.</summary>
    Text,

    /// <summary>A JID.</summary>
    Jid,
}
