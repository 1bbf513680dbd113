using System.Text.Json;
using Recado.Interop.Tests.Harness;

namespace Recado.Interop.Tests.Shapes;

/// <summary>Where our client differs from the recorded one on purpose: <c>intended-differences.json</c>, each with its reason.</summary>
internal static class IntendedDifferences
{
    /// <summary>The lines that the comparison with a trace may and must yield.</summary>
    public static HashSet<string> For(string trace)
    {
        var file = File.ReadAllBytes(Repository.Path("tests/Recado.Interop.Tests/Shapes/intended-differences.json"));
        var entries = JsonSerializer.Deserialize<Entry[]>(file, JsonSerializerOptions.Web)!;
        Assert.All(entries, e => Assert.NotEmpty(e.Reason));

        return [.. entries.Where(e => e.Traces.Contains(trace)).SelectMany(e => e.Differences)];
    }

    private sealed record Entry(string Reason, string[] Traces, string[] Differences);
}
