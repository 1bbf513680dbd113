using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests.Vectors;

/// <summary>A recorded stanza. Content is a list of children, <c>{"utf8"}</c>, <c>{"hex"}</c> or text.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record StanzaVector(string Tag, Dictionary<string, string?> Attrs, JsonElement? Content = null)
{
    public Node ToNode()
    {
        List<NodeAttribute> attributes = [.. Attrs.Select(Attribute)];
        return Content switch
        {
            null or { ValueKind: JsonValueKind.Null } => new(Tag, attributes),
            { ValueKind: JsonValueKind.String } text => new(Tag, attributes, text.GetString()!),
            { ValueKind: JsonValueKind.Array } children => new(Tag, attributes, [.. children.EnumerateArray().Select(child => Read(child).ToNode())]),
            { } bytes when bytes.TryGetProperty("utf8", out var text) => new(Tag, attributes, Encoding.UTF8.GetBytes(text.GetString()!)),
            { } bytes => new(Tag, attributes, Convert.FromHexString(bytes.GetProperty("hex").GetString()!)),
        };
    }

    /// <summary>A stanza that stands where others have a word.</summary>
    public static StanzaVector Read(JsonElement json) => json.Deserialize<StanzaVector>(JsonSerializerOptions.Web)!;

    /// <summary>
    /// Everything that matters about a stanza, one line: attributes sorted, text as bytes. The recordings write a server's JID with an
    /// <c>@</c> in front, and ids of requests as placeholders.
    /// </summary>
    public static string Shape(Node node)
    {
        var attributes = node.Attributes
            .Where(attribute => attribute.Value.Length > 0)
            .Select(attribute => $" {attribute.Key}={attribute.Value.TrimStart('@')}")
            .Order(StringComparer.Ordinal);
        var content = node.ContentKind == NodeContentKind.Nodes
            ? string.Concat(node.Children.Select(Shape))
            : Convert.ToHexString(node.Bytes.Span);
        return $"<{node.Tag}{string.Concat(attributes)}>{content}</>";
    }

    private static NodeAttribute Attribute(KeyValuePair<string, string?> attribute) => string.IsNullOrEmpty(attribute.Value)
        ? new(attribute.Key, (string?)null)
        : new(attribute.Key, attribute.Value);
}
