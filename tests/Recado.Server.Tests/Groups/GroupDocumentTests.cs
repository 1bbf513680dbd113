using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Groups;

public sealed partial class GroupDocumentTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_ForEachDocumentedRequest_AnswerAsDocumented()
    {
        server.AddPhone("5511900000003", "Carla");
        var names = new Dictionary<string, string>();
        var examples = Example().Matches(await Documents.ReadAsync("groups.md"));
        Assert.Equal(10, examples.Count);

        foreach (var example in examples.Select(match => match.Groups))
        {
            using var request = new HttpRequestMessage(new HttpMethod(example["method"].Value), $"/api/sessions/{server.Ana}{Fill(example["path"].Value)}");
            if (example["body"].Value.Trim() is { Length: > 0 } body)
                request.Content = new StringContent(Fill(body), System.Text.Encoding.UTF8, "application/json");

            var answer = await (await server.Http.SendAsync(request, Ct)).JsonAsync((HttpStatusCode)int.Parse(example["status"].Value, null));

            if (answer.TryGetProperty("group", out var made))
                names["group"] = made.GetProperty("id").GetString()!;
            if (answer.TryGetProperty("code", out var invite))
                names["invite"] = invite.GetString()!;
            Documents.AssertHolds(JsonElement.Parse(Fill(example["answer"].Value)), answer);
        }

        string Fill(string text) => names.Aggregate(text, (filled, name) => filled.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal));
    }

    [GeneratedRegex(
        "```http\n(?<method>[A-Z]+) (?<path>\\S+)\n(?<body>[^`]*)```\n\n```json (?<status>\\d+)\n(?<answer>[^`]*)```", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Example();
}
