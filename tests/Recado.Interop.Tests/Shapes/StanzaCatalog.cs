using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Protocol.Binary;

namespace Recado.Interop.Tests.Shapes;

/// <summary>The shapes of many stanzas, by the name of their kind, such as <c>iq(get encrypt count)</c>.</summary>
internal static class StanzaCatalog
{
    /// <summary>Sorts stanzas by kind.</summary>
    public static Dictionary<string, StanzaShape> Of(IEnumerable<Node> stanzas)
    {
        var shapes = new Dictionary<string, StanzaShape>();
        foreach (var stanza in stanzas)
        {
            var name = NameOf(stanza);
            if (!shapes.TryGetValue(name, out var shape))
                shapes[name] = shape = new StanzaShape();
            shape.Add(stanza);
        }

        return shapes;
    }

    /// <summary>What the client of a recorded trace sent in the operations with these labels; in all of them when none is given.</summary>
    public static IReadOnlyList<Node> Recorded(string trace, IReadOnlyCollection<string> labels)
    {
        var stanzas = from line in File.ReadLines(Repository.Path($"vectors/traces/{trace}.jsonl"))
                      let entry = JsonElement.Parse(line)
                      where entry.GetProperty("kind").ValueEquals("stanza") && entry.GetProperty("dir").ValueEquals("c2s")
                      where labels.Count == 0 || labels.Contains(entry.GetProperty("label").GetString())
                      select Read(entry.GetProperty("node"));
        return [.. stanzas];
    }

    /// <summary>The kind of a stanza: its tag with what tells its uses apart.</summary>
    public static string NameOf(Node stanza)
    {
        var only = stanza.Children.Count == 1 ? stanza.Children[0].Tag : null;
        string?[] parts = stanza.Tag switch
        {
            "iq" => [stanza["type"], stanza["xmlns"], only],
            "ib" => [only],
            "ack" => [stanza["class"]],
            _ => [stanza["type"]],
        };

        var given = string.Join(' ', parts.Where(p => p is not null));
        return given.Length == 0 ? stanza.Tag : $"{stanza.Tag}({given})";
    }

    private static Node Read(JsonElement node)
    {
        var tag = node.GetProperty("tag").GetString()!;
        NodeAttribute[] attributes = node.TryGetProperty("attrs", out var attrs)
            ? [.. attrs.EnumerateObject().Select(a => (NodeAttribute)(a.Name, a.Value.ToString()))]
            : [];
        if (!node.TryGetProperty("content", out var content))
            return new Node(tag, attributes);

        return content.ValueKind switch
        {
            JsonValueKind.Array => new Node(tag, attributes, [.. content.EnumerateArray().Select(Read)]),
            JsonValueKind.String => new Node(tag, attributes, content.GetString()!),
            JsonValueKind.Object when content.TryGetProperty("b64", out var bytes) => new Node(tag, attributes, bytes.GetBytesFromBase64()),
            // Long contents are recorded by length and hash; the length is enough for a shape.
            JsonValueKind.Object => new Node(tag, attributes, new byte[content.GetProperty("len").GetInt32()]),
            _ => new Node(tag, attributes),
        };
    }
}
