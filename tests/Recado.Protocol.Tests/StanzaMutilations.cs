using Recado.Protocol.Binary;

namespace Recado.Protocol.Tests;

/// <summary>Everything a hostile or broken peer may make of a good stanza.</summary>
internal static class StanzaMutilations
{
    private static readonly string?[] Nonsense = [null, "", "@", "x", "-1", "99999999999999999999"];

    /// <summary>The stanza with one attribute missing or turned to nonsense, or with one content missing, doubled or turned to bytes.</summary>
    public static IEnumerable<Node> Of(Node good)
    {
        for (var i = 0; i < good.Attributes.Count; i++)
        {
            foreach (var value in Nonsense)
                yield return With(good, [.. good.Attributes.Take(i), new NodeAttribute(good.Attributes[i].Key, value), .. good.Attributes.Skip(i + 1)], good.Children);
        }

        if (good.HasContent)
        {
            yield return new(good.Tag, good.Attributes);
            yield return new(good.Tag, good.Attributes, [0xFF, 0x00]);
        }

        for (var i = 0; i < good.Children.Count; i++)
        {
            yield return With(good, good.Attributes, [.. good.Children.Where((_, at) => at != i)]);
            yield return With(good, good.Attributes, [.. good.Children, good.Children[i]]);
            foreach (var child in Of(good.Children[i]))
                yield return With(good, good.Attributes, [.. good.Children.Take(i), child, .. good.Children.Skip(i + 1)]);
        }
    }

    /// <summary>Runs a parser over all of them; only the errors of the protocol may come out.</summary>
    public static void AssertTyped(Node good, Action<Node> parse)
    {
        foreach (var stanza in Of(good))
        {
            if (Record.Exception(() => parse(stanza)) is { } thrown)
                Assert.IsAssignableFrom<RecadoException>(thrown);
        }
    }

    private static Node With(Node node, IReadOnlyList<NodeAttribute> attributes, IReadOnlyList<Node> children) =>
        node.ContentKind is NodeContentKind.Nodes or NodeContentKind.None
            ? new(node.Tag, attributes, children)
            : new(node.Tag, attributes, node.Bytes.ToArray());
}
