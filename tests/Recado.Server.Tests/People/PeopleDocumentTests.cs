using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Protocol.Presence;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;
using Recado.Simulator.Accounts;

namespace Recado.Server.Tests.People;

public sealed partial class PeopleDocumentTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WhenCarriedOut_IsRight()
    {
        var page = await Documents.ReadAsync("people.md");
        var bruno = server.BrunoPhone;
        bruno.SetBusiness(new BusinessCard("Bruno's", Address: "Rua 1", Category: "Florist"));
        bruno.SetAbout("Flowers");
        await server.ReceivedAsync(server.Ana, await bruno.SendTextAsync(server.AnaPhone.PhoneNumber, "hi", Ct)); // so that they know each other
        server.AnaPhone.SetContactName(bruno.PhoneNumber, "Bruno from the market");
        await server.EventAsync("contacts_changed", server.Ana, _ => true);
        var call = bruno.Call(server.AnaPhone.PhoneNumber, isVideo: true);
        await server.EventAsync("call_received", server.Ana, _ => true);
        var requests = Request().Matches(page);
        Assert.Equal(15, requests.Count);

        foreach (var request in requests.Select(match => match.Groups))
        {
            using var message = new HttpRequestMessage(new HttpMethod(request["method"].Value), Fill(request["path"].Value));
            if (request["body"].Value.Trim() is { Length: > 0 } body)
                message.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

            var answer = await (await server.Http.SendAsync(message, Ct)).JsonAsync();
            Documents.AssertHolds(JsonElement.Parse(Fill(request["answer"].Value)), answer);
        }

        bruno.SetAvailable(true);
        bruno.Type(server.AnaPhone.PhoneNumber, ChatState.Recording);
        bruno.SetAbout("Closed today");
        bruno.SetPicture(PeopleTests.Jpeg);
        foreach (var shown in Event().Matches(page).Select(match => JsonElement.Parse(Fill(match.Groups["event"].Value))))
        {
            var type = shown.GetProperty("type").GetString()!;
            var told = await server.EventAsync(type, server.Ana, frame => type != "presence_update" || frame.GetProperty("state").ValueEquals("available"));
            Documents.AssertHolds(shown, told);
        }

        string Fill(string text) => text.Replace("{session}", server.Ana, StringComparison.Ordinal).Replace("{call}", call, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"```http\n(?<method>[A-Z]+) (?<path>\S+)\n(?<body>[^`]*)```\s+```json answer\n(?<answer>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Request();

    [GeneratedRegex(@"```json event\n(?<event>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Event();
}
