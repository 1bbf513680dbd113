using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Messages;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Media;
using Recado.Server.Tests.Outbound;

namespace Recado.Server.Tests.Messages;

public sealed partial class MessageKindTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/messages";

    [Fact]
    public async Task Send_OfEachDocumentedRequest_BecomesTheDocumentedEvent()
    {
        await using var site = await WebSite.StartAsync();
        site.Serve("/menu.png", SampleFiles.Of("png"), "image/png");
        site.Serve("/menu", "<title>Menu</title><meta name=description content='Fresh every day'>"u8.ToArray(), "text/html");
        var document = await Documents.ReadAsync("messages.md");
        var ids = new Dictionary<string, string>();
        foreach (var file in UploadedFile().Matches(document).DistinctBy(match => match.Value).Select(match => match.Groups))
            ids.Add(file["name"].Value, await server.UploadAsync(SampleFiles.Of(file["extension"].Value), file["name"].Value));

        var examples = Example().Matches(document);
        Assert.Equal(
            server.Server.Services.GetRequiredService<MessageKinds>().Types.Order(),
            examples.Select(match => JsonElement.Parse(match.Groups["request"].Value).TryGetProperty("type", out var type) ? type.GetString() : "text").Distinct().Order());

        foreach (var example in examples.Select(match => match.Groups))
        {
            var id = await server.SendAsync(Fill(example["request"].Value));
            var content = (await server.ReceivedAsync(server.Bruno, id)).GetProperty("message").GetProperty("content");
            ids.TryAdd(content.GetProperty("type").GetString()!, id);

            Documents.AssertHolds(JsonElement.Parse(Fill(example["content"].Value)), content);
        }

        string Fill(string text) => ids.Aggregate(text.Replace("https://example.com", site.Root, StringComparison.Ordinal), (filled, id) => filled.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edit_OfAText_ChangesBothRowsAndTells()
    {
        var id = await server.SendTextAsync("helo");
        await server.ReceivedAsync(server.Bruno, id);

        var edit = await (await server.Http.PatchAsJsonAsync($"{Path}/{id}", new { text = new { body = "hello" } }, Ct)).JsonAsync();
        await server.TakenAsync(edit.GetProperty("messageId").GetString()!);

        var told = await server.EventAsync("message_edited", server.Bruno, frame => frame.GetProperty("messageId").GetString() == id);
        Assert.Equal("hello", told.GetProperty("message").GetProperty("content").GetProperty("content").GetProperty("text").GetString());
        foreach (var session in new[] { server.Ana, server.Bruno })
        {
            var content = await server.RowContentAsync(session, id);
            Assert.Equal(("hello", true), (content.GetProperty("text").GetString(), content.GetProperty("edited").GetBoolean()));
        }
    }

    [Fact]
    public async Task Delete_OfAMessage_LeavesAMarkerInBothRowsAndTells()
    {
        var id = await server.SendTextAsync("a mistake");
        await server.ReceivedAsync(server.Bruno, id);

        var deletion = await (await server.Http.DeleteAsync($"{Path}/{id}", Ct)).JsonAsync();
        await server.TakenAsync(deletion.GetProperty("messageId").GetString()!);

        await server.EventAsync("message_deleted", server.Bruno, frame => frame.GetProperty("messageId").GetString() == id);
        foreach (var session in new[] { server.Ana, server.Bruno })
            Assert.Equal("deleted", (await server.RowContentAsync(session, id)).GetProperty("type").GetString());
        await (await server.Http.DeleteAsync($"{Path}/{id}", Ct)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "message_deleted");
    }

    [Fact]
    public async Task React_ToAMessage_ShowsInBothRows()
    {
        var id = await server.SendTextAsync("good news");
        await server.ReceivedAsync(server.Bruno, id);

        var reaction = await (await server.Http.PostAsync($"{Path}/{id}/reactions", new { emoji = "🎉" })).JsonAsync();

        var reactionId = reaction.GetProperty("messageId").GetString()!;
        await server.TakenAsync(reactionId);
        await server.ReceivedAsync(server.Bruno, reactionId);
        foreach (var session in new[] { server.Ana, server.Bruno })
        {
            var reactions = (await server.RowContentAsync(session, id)).GetProperty("reactions");
            Assert.Equal("🎉", reactions.GetProperty(server.AnaPhone.Jid.ToString()).GetProperty("value").GetString());
            Assert.Equal("reaction", (await server.RowContentAsync(session, reactionId, $"&about={id}")).GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task Option_AddedByTheOtherSide_IsShownAndCanBeVotedFor()
    {
        var id = await server.SendAsync("""{"to":"5511900000002","poll":{"question":"Tea?","options":["Yes","No"]}}""");
        await server.BrunoPhone.WaitForMessageAsync(message => message.Id == id, Ct);

        var option = await server.BrunoPhone.AddOptionAsync(id, "Coffee", Ct);
        var told = await server.ReceivedAsync(server.Ana, option);
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.VoteAsync(id, ["Coffee"], Ct));

        var content = told.GetProperty("message").GetProperty("content");
        Assert.Equal(("poll_option", "Coffee"), (content.GetProperty("type").GetString(), content.GetProperty("option").GetString()));
        var row = await server.RowContentAsync(server.Ana, id);
        Assert.Equal(["Yes", "No", "Coffee"], row.GetProperty("options").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal("Coffee", row.GetProperty("votes").EnumerateObject().Single().Value.GetProperty("value")[0].GetString());
    }

    [Fact]
    public async Task Call_ThatStandsInTheChat_IsShownAsOne()
    {
        var id = await server.BrunoPhone.SendMessageAsync(server.AnaPhone.PhoneNumber, """{"call":{"callKey":"AAEC"}}""", Ct);

        var content = (await server.ReceivedAsync(server.Ana, id)).GetProperty("message").GetProperty("content");

        Assert.Equal(("call_log", "unknown"), (content.GetProperty("type").GetString(), content.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Vote_OfTheOtherSide_IsCountedInThePollsRow()
    {
        var id = await server.SendAsync("""{"to":"5511900000002","poll":{"question":"Tea?","options":["Yes","No"]}}""");
        await server.BrunoPhone.WaitForMessageAsync(message => message.Id == id, Ct);

        var vote = await server.BrunoPhone.VoteAsync(id, ["No"], Ct);

        await server.ReceivedAsync(server.Ana, vote);
        var votes = (await server.RowContentAsync(server.Ana, id)).GetProperty("votes");
        Assert.Equal("""["No"]""", votes.GetProperty(server.BrunoPhone.Jid.ToString()).GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task Read_OfAReceivedMessage_TellsItsAuthor()
    {
        var id = await server.BrunoPhone.SendTextAsync("5511900000001", "read me", Ct);
        await server.ReceivedAsync(server.Ana, id);

        await (await server.Http.PostAsync($"{Path}/{id}/read")).JsonAsync();

        await server.BrunoPhone.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "read", Ct);
        await (await server.Http.PatchAsJsonAsync($"{Path}/{id}", new { text = new { body = "x" } }, Ct))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "message_not_own");
    }

    [Fact]
    public async Task Receive_OfAnEditOfSomebodyElsesMessage_ChangesNothing()
    {
        var id = await server.SendTextAsync("mine");
        var forged = await server.BrunoPhone.SendMessageAsync(
            "5511900000001",
            $$$$"""{"protocolMessage":{"key":{"fromMe":true,"id":"{{{{id}}}}"},"type":"MESSAGE_EDIT","editedMessage":{"conversation":"forged"}}}""", Ct);
        var after = await server.BrunoPhone.SendTextAsync("5511900000001", "after", Ct);

        await server.ReceivedAsync(server.Ana, after);

        Assert.Equal("mine", (await server.RowContentAsync(server.Ana, id)).GetProperty("text").GetString());
        Assert.Equal("edit", (await server.RowContentAsync(server.Ana, forged, $"&about={id}")).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Receive_OfWhatCannotBeTakenApart_KeepsItsBytes()
    {
        var id = await server.BrunoPhone.SendMessageAsync("5511900000001", """{"reactionMessage":{"text":"about nothing"}}""", Ct);

        var content = (await server.ReceivedAsync(server.Ana, id)).GetProperty("message").GetProperty("content");

        Assert.Equal("unsupported", content.GetProperty("type").GetString());
        Assert.NotEmpty(content.GetProperty("protobuf").GetBytesFromBase64());
    }

    [Fact]
    public async Task Send_OverTheWebSocket_TakesTheSameObject()
    {
        using var socket = await TestSocket.OpenReadyAsync(server.Server, TestServer.LocalToken);

        var sent = await socket.AskAsync(
            new JsonObject
            {
                ["type"] = "send_message",
                ["sessionId"] = server.Ana,
                ["to"] = "5511900000002",
                ["location"] = new JsonObject { ["latitude"] = 1, ["longitude"] = 2 },
            },
            "message_sent");

        var id = sent.GetProperty("messageId").GetString();
        Assert.Equal("location", (await server.BrunoPhone.WaitForMessageAsync(message => message.Id == id, Ct)).Kind);
    }

    [Theory]
    [InlineData("""{"type":"list","list":{}}""", "message_type_not_shown", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"type":"buttons"}""", "message_type_not_shown", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"type":"smell"}""", "message_type_not_available")]
    [InlineData("""{"type":"location"}""", "content_missing")]
    [InlineData("""{"type":"location","location":{"latitude":91,"longitude":0}}""", "invalid_location")]
    [InlineData("""{"type":"location","location":{"latitude":"north"}}""", "invalid_input")]
    [InlineData("""{"type":"text","location":{"latitude":1,"longitude":0}}""", "ambiguous_message")]
    [InlineData("""{"poll":{},"event":{}}""", "ambiguous_message")]
    [InlineData("""{"text":{"body":""}}""", "invalid_text")]
    [InlineData("""{"text":{"body":"@x","mentions":["x"]}}""", "invalid_mention")]
    [InlineData("""{"contacts":[]}""", "invalid_contacts")]
    [InlineData("""{"poll":{"question":"?","options":["a","a"]}}""", "invalid_poll")]
    [InlineData("""{"event":{"name":"x"}}""", "invalid_event")]
    [InlineData("""{"live_location":{"latitude":1}}""", "invalid_live_location")]
    [InlineData("""{"live_location":{"latitude":1,"longitude":2,"bearing":360}}""", "invalid_live_location")]
    [InlineData("""{"group_invite":{"group":"5511900000002@s.whatsapp.net","code":"x"}}""", "invalid_group_invite")]
    [InlineData("""{"disappearing_timer":{"seconds":60}}""", "invalid_disappearing_timer")]
    [InlineData("""{"disappearing_timer":{"seconds":0},"context":{"messageId":"unknown"}}""", "message_not_found")]
    [InlineData("""{"text":{"body":"x","mentionsEveryone":true}}""", "invalid_mention")]
    [InlineData("""{"keep":{"messageId":"unknown"}}""", "message_not_found")]
    [InlineData("""{"forward":{"messageId":"unknown"}}""", "message_not_found")]
    [InlineData("""{"reaction":{"messageId":"unknown","emoji":"👍"}}""", "message_not_found")]
    [InlineData("""{"text":{"body":"x"},"context":{"messageId":"unknown"}}""", "message_not_found")]
    public async Task Send_WhenTheKindIsWrong_SaysWhat(string body, string code, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var request = JsonNode.Parse(body)!.AsObject();
        request["to"] = "5511900000002";

        await (await server.Http.PostTextAsync(Path, request.ToJsonString())).ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👍👍")]
    [InlineData(null)]
    public async Task React_WithSomethingElseThanAnEmoji_IsRefused(string? emoji)
    {
        var id = await server.SendTextAsync("react");

        await (await server.Http.PostAsync($"{Path}/{id}/reactions", new { emoji })).ProblemAsync(HttpStatusCode.BadRequest, "invalid_reaction");
    }

    [Fact]
    public async Task Change_OfAnUnknownMessage_Answers404() =>
        await (await server.Http.DeleteAsync($"{Path}/unknown", Ct)).ProblemAsync(HttpStatusCode.NotFound, "message_not_found");

    [GeneratedRegex(@"\{(?<name>\w+\.(?<extension>\w+))\}", RegexOptions.ExplicitCapture)]
    private static partial Regex UploadedFile();

    [GeneratedRegex(@"```json request\n(?<request>.*?)```\s+```json content\n(?<content>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
