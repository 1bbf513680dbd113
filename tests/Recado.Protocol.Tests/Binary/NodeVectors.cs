using System.Globalization;
using System.Text;
using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Binary;

/// <summary>The packets of <c>vectors/binary/binary-nodes.json</c> and what they mean.</summary>
internal static class NodeVectors
{
    public static IReadOnlyList<NodeVector> All { get; } = VectorFile.Load<NodeFile>("binary/binary-nodes.json").Items;

    /// <summary>The packets a decoder must accept. Bytes after the node are the one point where the file's two libraries differ; we refuse them.</summary>
    public static IEnumerable<NodeVector> Valid => All.Where(v => v.Expect is null or "ok");

    public static IEnumerable<NodeVector> Invalid => All.Where(v => v.Expect is "error" or "differs");

    public static NodeVector Named(string name) => All.Single(v => v.Name == name);

    /// <summary>Everything about a node, one line, so that two nodes can be compared.</summary>
    public static string Describe(Node node)
    {
        var text = new StringBuilder($"({node.Tag}");
        foreach (var attribute in node.Attributes)
            text.Append(CultureInfo.InvariantCulture, $" {attribute.Key}={(attribute.Jid is null ? "text" : "jid")}:{attribute.Value}");

        text.Append(node.ContentKind switch
        {
            NodeContentKind.None => "",
            NodeContentKind.Bytes => $" bytes:{Convert.ToHexStringLower(node.Bytes.Span)}",
            NodeContentKind.Nodes => string.Concat(node.Children.Select(Describe)),
            _ => $" {node.ContentKind}:{node.Text}",
        });
        return text.Append(')').ToString();
    }

    private sealed record NodeFile(string Description, IReadOnlyList<NodeVector> Items);
}

/// <summary>One packet. The names of the two libraries stand where they differ from each other.</summary>
internal sealed record NodeVector(
    string Name,
    byte[] Hex,
    VectorNode? Node = null,
    string? Note = null,
    string? Expect = null,
    bool DecodeOnly = false,
    VectorNode? WhatsmeowDecodes = null,
    byte[]? WhatsmeowReencoded = null,
    bool WhatsmeowReencodesIdentically = false,
    string? WhatsmeowError = null,
    string? BaileysError = null)
{
    /// <summary>What a sender must write: an empty list and an empty attribute are left out.</summary>
    public byte[] Canonical => WhatsmeowReencoded ?? Hex;
}

internal sealed record VectorNode(
    string Tag,
    Dictionary<string, JsonElement> Attrs,
    IReadOnlyList<VectorNode>? Content = null,
    byte[]? ContentHex = null,
    string? ContentText = null,
    string? ContentOther = null)
{
    public Node ToNode()
    {
        NodeAttribute[] attributes = [.. Attrs.Select(Attribute)];
        return this switch
        {
            { ContentHex: { } bytes } => new Node(Tag, attributes, bytes),
            { ContentText: { } text } => new Node(Tag, attributes, text),
            { ContentOther: { } other } => new Node(Tag, attributes, other["string:".Length..]),
            { Content: { } children } => new Node(Tag, attributes, [.. children.Select(c => c.ToNode())]),
            _ => new Node(Tag, attributes),
        };
    }

    private static NodeAttribute Attribute(KeyValuePair<string, JsonElement> attribute) => attribute.Value.ValueKind == JsonValueKind.String
        ? new NodeAttribute(attribute.Key, attribute.Value.GetString())
        : new NodeAttribute(attribute.Key, Jid.Parse(attribute.Value.GetProperty("jid").GetString()!));
}
