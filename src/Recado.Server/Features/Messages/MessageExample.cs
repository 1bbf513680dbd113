using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Recado.Server.Features.Messages;

/// <summary>The requests that <c>docs/messages.md</c> shows, which a test sends: one or more for each kind.</summary>
/// <param name="Kind">The kind it is of.</param>
/// <param name="Number">Counts the requests of the kind, from 1.</param>
/// <param name="Heading">The heading it stands under.</param>
internal sealed partial record MessageExample(string Kind, int Number, string Heading, JsonNode Request)
{
    private const string SomeMessage = "3EB0C767D26A8D2E0B6F", SomeFile = "01987a5b-0c1e-7d3a-9f00-5d2c6b8e4a71";

    public static IReadOnlyList<MessageExample> All { get; } = Read();

    private static List<MessageExample> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("messages.md")!);
        var (examples, heading) = (new List<MessageExample>(), "");
        foreach (var part in Part().Matches(reader.ReadToEnd()).Select(match => match.Groups))
        {
            if (part["heading"].Success)
            {
                heading = part["heading"].Value;
                continue;
            }

            var request = JsonNode.Parse(Placeholder().Replace(part["request"].Value, found => found.Value.Contains('.', StringComparison.Ordinal) ? SomeFile : SomeMessage))!;
            var kind = (string?)request["type"] ?? "text";
            examples.Add(new MessageExample(kind, examples.Count(example => example.Kind == kind) + 1, heading, request));
        }

        return examples;
    }

    [GeneratedRegex(@"^## (?<heading>.*?)\r?$|```json request\n(?<request>.*?)```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Part();

    [GeneratedRegex(@"\{[a-z_]+(\.\w+)?\}", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Placeholder();
}
