using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Recado.Server.Features.Reference;

/// <summary>A call that <c>docs/api.md</c> shows and a test carries out; the description of the API takes its examples from there.</summary>
/// <param name="Path">As the description writes it, parameters in braces.</param>
/// <param name="Body">JSON, in which braces with a word in them stand for ids; null when there is none.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Answer">JSON, or null when the answer is a file.</param>
internal sealed partial record DocumentedCall(string Method, string Path, string? Body, int Status, string? Answer)
{
    private const string SomeId = "01987a5b-0c1e-7d3a-9f00-5d2c6b8e4a71", SomeCode = "HVq3xk2b7cD0rTzWyLmN8p";

    /// <summary>All of the page, in its order.</summary>
    public static IReadOnlyList<DocumentedCall> All { get; } = Read();

    /// <summary>The body as the description shows it.</summary>
    public JsonNode? ExampleBody => Body is null
        ? null
        : JsonNode.Parse(Placeholder().Replace(Body, found => found.Value == "{invite}" ? SomeCode : SomeId));

    private static List<DocumentedCall> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("api.md")!);
        return [.. Call().Matches(reader.ReadToEnd()).Select(match => match.Groups).Select(call => new DocumentedCall(
            call["method"].Value,
            call["path"].Value,
            call["body"].Value.Trim() is { Length: > 0 } body ? body : null,
            int.Parse(call["status"].Value, System.Globalization.CultureInfo.InvariantCulture),
            call["kind"].Value == "json" ? call["answer"].Value : null))];
    }

    [GeneratedRegex(
        "```http\n(?<method>[A-Z]+) (?<path>\\S+)\n(?<body>[^`]*)```\n\n```(?<kind>json|text) (?<status>\\d+)\n(?<answer>[^`]*)```",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Call();

    [GeneratedRegex(@"\{[a-z]+\}", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Placeholder();
}
