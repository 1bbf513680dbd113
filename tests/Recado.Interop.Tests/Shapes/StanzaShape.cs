using Recado.Protocol.Binary;

namespace Recado.Interop.Tests.Shapes;

/// <summary>
/// What the stanzas of one kind have in common, whatever their values: attribute names with classes of values, children with their
/// order, kinds of content.
/// </summary>
internal sealed class StanzaShape
{
    private readonly Dictionary<string, HashSet<string>> _attributes = [];
    private readonly Dictionary<string, StanzaShape> _children = [];
    private readonly HashSet<(string Before, string After)> _order = [];
    private readonly HashSet<string> _contents = [];

    /// <summary>Adds what <paramref name="node"/> shows.</summary>
    public void Add(Node node)
    {
        foreach (var attribute in node.Attributes)
        {
            if (!_attributes.TryGetValue(attribute.Key, out var classes))
                _attributes[attribute.Key] = classes = [];
            classes.Add(ValueClass.Of(attribute.Key, attribute.Value));
        }

        // Traces may shorten a long run of equal children; the shape of a run is that of one.
        var children = node.Children.Where(c => c.Tag != "#elided").ToList();
        foreach (var child in children)
        {
            if (!_children.TryGetValue(child.Tag, out var shape))
                _children[child.Tag] = shape = new StanzaShape();
            shape.Add(child);
        }

        var tags = children.Select(c => c.Tag).Distinct().ToList();
        for (var i = 0; i < tags.Count; i++)
        {
            foreach (var after in tags.Skip(i + 1))
                _order.Add((tags[i], after));
        }

        if (children.Count == 0)
            _contents.Add(ValueClass.OfContent(node));
    }

    /// <summary>
    /// One line per difference, at its highest place only: <c>- path</c> for what only the reference has, <c>+ path</c> for what only the
    /// candidate has, <c>~ path</c> where children stand in the other order.
    /// </summary>
    public static IEnumerable<string> Compare(StanzaShape reference, StanzaShape candidate, string path)
    {
        foreach (var (name, classes) in reference._attributes)
        {
            if (!candidate._attributes.TryGetValue(name, out var others))
                yield return $"- {path}@{name}";
            else
                foreach (var line in Only(classes, others, $"- {path}@{name}="))
                    yield return line;
        }

        foreach (var (name, classes) in candidate._attributes)
        {
            if (!reference._attributes.TryGetValue(name, out var others))
                yield return $"+ {path}@{name}";
            else
                foreach (var line in Only(classes, others, $"+ {path}@{name}="))
                    yield return line;
        }

        foreach (var line in Only(reference._contents, candidate._contents, $"- {path}: "))
            yield return line;
        foreach (var line in Only(candidate._contents, reference._contents, $"+ {path}: "))
            yield return line;

        foreach (var line in Compare(reference._children, candidate._children, path + "/"))
            yield return line;

        foreach (var (before, after) in candidate._order.Except(reference._order))
        {
            if (reference._order.Contains((after, before)) && !candidate._order.Contains((after, before)))
                yield return $"~ {path}: {before} before {after}";
        }
    }

    /// <summary>Compares shapes by their names.</summary>
    public static IEnumerable<string> Compare(
        IReadOnlyDictionary<string, StanzaShape> reference, IReadOnlyDictionary<string, StanzaShape> candidate, string path = "")
    {
        foreach (var (name, shape) in reference)
        {
            if (!candidate.TryGetValue(name, out var other))
                yield return $"- {path}{name}";
            else
                foreach (var line in Compare(shape, other, path + name))
                    yield return line;
        }

        foreach (var name in candidate.Keys.Except(reference.Keys))
            yield return $"+ {path}{name}";
    }

    private static IEnumerable<string> Only(HashSet<string> these, HashSet<string> others, string prefix) =>
        these.Except(others).Select(c => prefix + c);
}
