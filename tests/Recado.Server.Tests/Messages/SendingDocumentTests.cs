using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Messages;

/// <summary>What <c>docs/messages.md</c> says of sending once and of waiting.</summary>
public sealed partial class SendingDocumentTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_ForEachDocumentedRequest_AnswerAsDocumented()
    {
        var examples = Example().Matches(await Documents.ReadAsync("messages.md"));
        Assert.Equal(7, examples.Count);
        var id = "";

        foreach (var example in examples.Select(match => match.Groups))
        {
            if (example["event"].Success)
            {
                var told = await server.EventAsync("message_status", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id));
                Documents.AssertHolds(JsonElement.Parse(example["event"].Value), told);
                continue;
            }

            using var request = new HttpRequestMessage(new HttpMethod(example["method"].Value), $"/api/sessions/{server.Ana}{example["path"].Value}");
            if (example["key"].Success)
                request.Headers.Add("Idempotency-Key", example["key"].Value);
            if (example["body"].Value.Trim() is { Length: > 0 } body)
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");

            var answer = await (await server.Http.SendAsync(request, Ct)).JsonAsync((HttpStatusCode)int.Parse(example["status"].Value, null));

            Documents.AssertHolds(JsonElement.Parse(example["answer"].Value.Replace("{messageId}", id, StringComparison.Ordinal)), answer);
            if (answer.TryGetProperty("messageId", out var sent))
                id = sent.GetString()!;
        }
    }

    [GeneratedRegex(
        "```http\n(?<method>[A-Z]+) ?(?<path>\\S*)\n(Idempotency-Key: (?<key>.+)\n)?(?<body>[^`]*)```\n\n```json (?<status>\\d+)\n(?<answer>[^`]*)```|```json event\n(?<event>[^`]*)```",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();
}
