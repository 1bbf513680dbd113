using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Protocol.Messages;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Leads;

public sealed partial class LeadDocumentTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WhenCarriedOut_IsRight()
    {
        var page = await Documents.ReadAsync("leads.md");
        var requests = Request().Matches(page);
        Assert.Equal(5, requests.Count);
        string? lead = null;

        foreach (var request in requests.Select(match => match.Groups))
        {
            if (request["method"].Value == "DELETE")
                await WriteAsync();

            using var message = new HttpRequestMessage(new HttpMethod(request["method"].Value), Fill(request["path"].Value));
            if (request["body"].Value.Trim() is { Length: > 0 } body)
                message.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

            using var response = await server.Http.SendAsync(message, Ct);
            var answer = await response.JsonAsync(response.IsSuccessStatusCode ? response.StatusCode : System.Net.HttpStatusCode.OK);
            lead ??= answer.GetProperty("lead").GetProperty("id").GetString();
            Documents.AssertHolds(JsonElement.Parse(Fill(request["answer"].Value)), answer);
        }

        var events = Event().Matches(page).Select(match => JsonElement.Parse(Fill(match.Groups["event"].Value))).ToList();
        Assert.Equal(["lead_created", "lead_updated", "lead_deleted"], events.Select(shown => shown.GetProperty("type").GetString()));
        foreach (var shown in events)
        {
            var told = await server.EventAsync(
                shown.GetProperty("type").GetString()!,
                frame => shown.TryGetProperty("sessionId", out var session)
                    ? frame.GetProperty("sessionId").GetString() == session.GetString()
                    : frame.GetProperty("leadId").GetString() == lead && HasLid(frame));
            Documents.AssertHolds(shown, told);
        }

        string Fill(string text) => text.Replace("{session}", server.Ana, StringComparison.Ordinal).Replace("{lead}", lead, StringComparison.Ordinal);

        static bool HasLid(JsonElement frame) =>
            !frame.TryGetProperty("lead", out var row) || row.GetProperty("lid").ValueKind == JsonValueKind.String;
    }

    /// <summary>What the page says that others do.</summary>
    private async Task WriteAsync()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var ad = new MessageReferral { SourceType = "ad", SourceUrl = "https://fb.me/x", Title = "Spring", CtwaClid = "ARAk", EntryPointConversionSource = "ctwa_ad" };
        await server.ReceivedAsync(server.Ana, await carla.SendTextAsync(server.AnaPhone.PhoneNumber, "I saw your ad", ad, Ct));
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendTextAsync(server.AnaPhone.PhoneNumber, "hello", Ct));
    }

    [GeneratedRegex(@"```http\n(?<method>[A-Z]+) (?<path>\S+)\n(?<body>[^`]*)```\s+```json answer\n(?<answer>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Request();

    [GeneratedRegex(@"```json event\n(?<event>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Event();
}
