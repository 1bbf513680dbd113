using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Simulator.Service;

/// <summary>Shapes of stanzas that more than one desk makes.</summary>
internal static class Stanzas
{
    public static Node Result(Node request, params IReadOnlyList<Node> children)
    {
        NodeAttribute[] attributes = [("from", Jid.Service), ("type", "result"), ("id", request["id"])];
        return children.Count == 0 ? new Node("iq", attributes) : new Node("iq", attributes, children);
    }

    public static Node Error(Node request, int code, string text) =>
        new("iq", [("from", Jid.Service), ("type", "error"), ("id", request["id"])], [new Node("error", [("code", code), ("text", text)])]);

    /// <summary>An error with the text that goes with its code.</summary>
    public static Node Error(Node request, int code) => Error(request, code, code switch
    {
        400 => "bad-request",
        401 => "not-authorized",
        403 => "forbidden",
        404 => "item-not-found",
        405 => "not-allowed",
        406 => "not-acceptable",
        409 => "conflict",
        410 => "gone",
        419 => "resource-limit",
        429 => "rate-overlimit",
        501 => "feature-not-implemented",
        503 => "service-unavailable",
        _ => "internal-server-error",
    });

    public static Node StreamError(int? code, params IReadOnlyList<Node> children)
    {
        NodeAttribute[] attributes = code is null ? [] : [("code", code.Value)];
        return children.Count == 0 ? new Node("stream:error", attributes) : new Node("stream:error", attributes, children);
    }

    public static Node Conflict(string type) => new("conflict", [("type", type)]);

    /// <summary>The node with one more attribute.</summary>
    public static Node With(this Node node, NodeAttribute attribute) => node.With([.. node.Attributes, attribute]);

    /// <summary>The node without an attribute.</summary>
    public static Node Without(this Node node, string key) => node.With([.. node.Attributes.Where(attribute => attribute.Key != key)]);

    private static Node With(this Node node, NodeAttribute[] attributes) => node.ContentKind switch
    {
        NodeContentKind.None => new Node(node.Tag, attributes),
        NodeContentKind.Nodes => new Node(node.Tag, attributes, [.. node.Children]),
        NodeContentKind.Bytes => new Node(node.Tag, attributes, node.Bytes.ToArray()),
        _ => new Node(node.Tag, attributes, node.Text),
    };
}
