using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Media;

namespace Recado.Server.Tests.Messages;

/// <summary>Messages that refer to others: replies, forwards, timers, changes that are refused.</summary>
public sealed class ConversationTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/messages";

    [Theory]
    [InlineData("""{"text":{"body":"plain"}}""", "text")]
    [InlineData("""{"location":{"latitude":1.5,"longitude":2.5,"name":"Here"}}""", "location")]
    [InlineData("""{"live_location":{"latitude":1.5,"longitude":2.5}}""", "live_location")]
    [InlineData("""{"contacts":[{"name":{"formatted_name":"Carla"},"phones":[{"phone":"+55 11 90000-0003"}]}]}""", "contacts")]
    [InlineData("""{"poll":{"question":"Tea?","options":["Yes","No"]}}""", "poll")]
    [InlineData("""{"event":{"name":"Party","startsAt":"2027-01-31T20:00:00Z"}}""", "event")]
    [InlineData("""{"group_invite":{"group":"120363012345678901@g.us","code":"x"}}""", "group_invite")]
    public async Task Reply_ToEachKind_QuotesWhatItSaid(string body, string kind)
    {
        var id = await server.SendAsync(To(body));
        var said = Content(await server.ReceivedAsync(server.Bruno, id));

        var reply = await server.SendAsync($$$"""{"to":"5511900000002","message":"so","context":{"messageId":"{{{id}}}"}}""");

        var quote = Content(await server.ReceivedAsync(server.Bruno, reply)).GetProperty("context");
        Assert.Equal((id, kind), (quote.GetProperty("messageId").GetString(), quote.GetProperty("content").GetProperty("type").GetString()));
        Assert.Equal(server.AnaPhone.Lid.ToString(), quote.GetProperty("from").GetString());
        Assert.Equal(said.GetRawText(), quote.GetProperty("content").GetRawText());
    }

    [Fact]
    public async Task Reply_ToAReceivedFile_QuotesItsCaption()
    {
        var id = await server.BrunoPhone.SendMessageAsync(
            "5511900000001", """{"imageMessage":{"directPath":"/v/gone","mimetype":"image/jpeg","caption":"look","fileSha256":"AQID","fileLength":"3","jpegThumbnail":"AQI="}}""", Ct);
        await server.ReceivedAsync(server.Ana, id);

        var reply = await server.SendAsync($$$"""{"to":"5511900000002","message":"nice","context":{"messageId":"{{{id}}}"}}""");

        var quoted = Content(await server.ReceivedAsync(server.Bruno, reply)).GetProperty("context").GetProperty("content");
        Assert.Equal(("image", "look", "AQI="), (quoted.GetProperty("type").GetString(), quoted.GetProperty("caption").GetString(), quoted.GetProperty("thumbnail").GetString()));
    }

    [Fact]
    public async Task Forward_OfAForwardedMessage_CountsOn()
    {
        var id = await server.BrunoPhone.SendMessageAsync(
            "5511900000001", """{"extendedTextMessage":{"text":"pass it on","contextInfo":{"isForwarded":true,"forwardingScore":4,"stanzaId":"3EB0AA","participant":"1@lid"}}}""", Ct);
        await server.ReceivedAsync(server.Ana, id);

        var forwarded = Content(await server.ReceivedAsync(server.Bruno, await server.SendAsync(To($$$"""{"forward":{"messageId":"{{{id}}}"}}"""))));

        Assert.Equal("pass it on", forwarded.GetProperty("text").GetString());
        Assert.Equal("""{"isForwarded":true,"forwardingScore":5}""", forwarded.GetProperty("context").GetRawText());
    }

    [Fact]
    public async Task Forward_OfAFile_SendsTheFileAgain()
    {
        var photo = SampleFiles.Of("png");
        var id = await server.SendAsync(To($$$$"""{"image":{"id":"{{{{await server.UploadAsync(photo, "photo.png")}}}}","caption":"look"}}"""));
        await server.ReceivedAsync(server.Bruno, id);

        var forwarded = await server.SendAsync(To($$$"""{"forward":{"messageId":"{{{id}}}"}}"""));

        var content = Content(await server.ReceivedAsync(server.Bruno, forwarded));
        Assert.Equal(("image", "look", true), (content.GetProperty("type").GetString(), content.GetProperty("caption").GetString(), content.GetProperty("context").GetProperty("isForwarded").GetBoolean()));
        var arrived = await server.EventAsync("media_status", server.Bruno, frame => frame.GetProperty("messageId").ValueEquals(forwarded));
        Assert.Equal(("stored", photo.Length), (arrived.GetProperty("media").GetProperty("status").GetString(), arrived.GetProperty("media").GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task Forward_OfWhatMayBeOpenedOnce_IsRefused()
    {
        var id = await server.SendAsync(To($$$$"""{"image":{"id":"{{{{await server.UploadAsync(SampleFiles.Of("png"), "photo.png")}}}}","viewOnce":true}}"""));

        await (await server.Http.PostTextAsync(Path, To($$$"""{"forward":{"messageId":"{{{id}}}"}}""")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "message_not_forwardable");
    }

    [Fact]
    public async Task Edit_OfACaption_ChangesBothRows()
    {
        var id = await server.SendAsync(To($$$$"""{"image":{"id":"{{{{await server.UploadAsync(SampleFiles.Of("png"), "photo.png")}}}}","caption":"befor"}}"""));
        await server.ReceivedAsync(server.Bruno, id);

        var edit = await (await server.Http.PatchAsJsonAsync($"{Path}/{id}", new { caption = "after" }, Ct)).JsonAsync();

        await server.TakenAsync(edit.GetProperty("messageId").GetString()!);
        await server.EventAsync("message_edited", server.Bruno, frame => frame.GetProperty("messageId").GetString() == id);
        foreach (var session in new[] { server.Ana, server.Bruno })
        {
            var content = await server.RowContentAsync(session, id);
            Assert.Equal(("image", "after", true), (content.GetProperty("type").GetString(), content.GetProperty("caption").GetString(), content.GetProperty("edited").GetBoolean()));
        }
    }

    [Fact]
    public async Task Forward_OfWhatHasBeenDeleted_IsRefused()
    {
        var id = await server.SendTextAsync("soon gone");
        await server.ReceivedAsync(server.Bruno, id);
        var deletion = await (await server.Http.DeleteAsync($"{Path}/{id}", Ct)).JsonAsync();
        await server.TakenAsync(deletion.GetProperty("messageId").GetString()!);

        await (await server.Http.PostTextAsync(Path, To($$$"""{"forward":{"messageId":"{{{id}}}"}}""")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "message_not_forwardable");
    }

    [Fact]
    public async Task Timer_ThatTheOtherSideSets_IsFollowedUntilItIsTakenOff()
    {
        var set = await SetTimerAsync(604_800);
        var timed = Content(await server.ReceivedAsync(server.Bruno, await server.SendTextAsync("for a week")));
        var chat = await server.Http.AskAsync($"/api/sessions/{server.Ana}/chats/{server.BrunoPhone.PhoneNumber}");

        await SetTimerAsync(0);
        var lasting = Content(await server.ReceivedAsync(server.Bruno, await server.SendTextAsync("for ever")));

        Assert.Equal(604_800, timed.GetProperty("context").GetProperty("expiresAfterSeconds").GetInt32());
        Assert.Equal(604_800, (await chat.JsonAsync()).GetProperty("chat").GetProperty("disappearing_seconds").GetInt32());
        Assert.Equal("disappearing_timer", set.GetProperty("type").GetString());
        Assert.False(lasting.TryGetProperty("context", out _));

        async Task<JsonElement> SetTimerAsync(int seconds) => Content(await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendMessageAsync(
            "5511900000001", $$"""{"protocolMessage":{"type":"EPHEMERAL_SETTING","ephemeralExpiration":{{seconds}} } }""", Ct)));
    }

    [Fact]
    public async Task Keep_OfAMessage_ShowsInBothRows()
    {
        var id = await server.SendTextAsync("keep me");
        await server.ReceivedAsync(server.Bruno, id);

        var kept = await server.SendAsync(To($$$"""{"keep":{"messageId":"{{{id}}}"}}"""));
        await server.TakenAsync(kept);
        await server.ReceivedAsync(server.Bruno, kept);

        foreach (var session in new[] { server.Ana, server.Bruno })
            Assert.True((await server.RowContentAsync(session, id)).GetProperty("kept").GetBoolean());
    }

    [Fact]
    public async Task Edit_OfACaptionByThePhone_ChangesIt()
    {
        var id = await server.BrunoPhone.SendMessageAsync(
            "5511900000001", """{"imageMessage":{"directPath":"/v/gone","caption":"look","fileSha256":"AQID","fileLength":"3"}}""", Ct);
        await server.ReceivedAsync(server.Ana, id);

        await server.BrunoPhone.SendMessageAsync(
            "5511900000001",
            $$$$"""{"protocolMessage":{"key":{"fromMe":true,"id":"{{{{id}}}}"},"type":"MESSAGE_EDIT","editedMessage":{"imageMessage":{"caption":"look again"}} } }""", Ct);

        await server.EventAsync("message_edited", server.Ana, frame => frame.GetProperty("messageId").GetString() == id);
        var content = await server.RowContentAsync(server.Ana, id);
        Assert.Equal(("image", "look again"), (content.GetProperty("type").GetString(), content.GetProperty("caption").GetString()));
    }

    [Theory]
    [InlineData("""{"poll":{"question":"Tea?","options":["Yes","No"]}}""", """{"text":{"body":"x"}}""", "message_not_editable", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"text":{"body":"x"}}""", """{"caption":"y"}""", "content_missing", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":{"body":"x"}}""", """{}""", "content_missing", HttpStatusCode.BadRequest)]
    [InlineData("""{"text":{"body":"x"}}""", """{"text":{"body":""}}""", "invalid_text", HttpStatusCode.BadRequest)]
    public async Task Edit_OfWhatHasNoSuchText_IsRefused(string sent, string edit, string code, HttpStatusCode status)
    {
        var id = await server.SendAsync(To(sent));

        await (await server.Http.PatchAsync($"{Path}/{id}", new StringContent(edit, System.Text.Encoding.UTF8, "application/json"), Ct)).ProblemAsync(status, code);
    }

    [Fact]
    public async Task Delete_OfTheOtherSidesMessage_IsRefused()
    {
        var id = await server.BrunoPhone.SendTextAsync("5511900000001", "mine", Ct);
        await server.ReceivedAsync(server.Ana, id);

        await (await server.Http.DeleteAsync($"{Path}/{id}", Ct)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "message_not_own");
    }

    [Fact]
    public async Task Change_OfAMessageOfAnotherSession_Answers404()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var id = await server.BrunoPhone.SendTextAsync(carla.PhoneNumber, "not Ana's", Ct);
        await server.EventAsync("message_echo", server.Bruno, frame => frame.GetProperty("message").GetProperty("messageId").GetString() == id);

        await (await server.Http.AskAsync($"{Path}/{id}")).ProblemAsync(HttpStatusCode.NotFound, "message_not_found");
        await (await server.Http.PatchAsJsonAsync($"{Path}/{id}", new { text = new { body = "x" } }, Ct)).ProblemAsync(HttpStatusCode.NotFound, "message_not_found");
        await (await server.Http.PostAsync($"{Path}/{id}/read")).ProblemAsync(HttpStatusCode.NotFound, "message_not_found");
        await (await server.Http.PostAsync($"{Path}/{id}/reactions", new { emoji = "👍" })).ProblemAsync(HttpStatusCode.NotFound, "message_not_found");
    }

    [Theory]
    [InlineData("status@broadcast", "invalid_recipient", HttpStatusCode.BadRequest)]
    [InlineData("120363012345678901@newsletter", "invalid_recipient", HttpStatusCode.BadRequest)]
    [InlineData("+55 11 97777-7777", "recipient_not_on_whatsapp", HttpStatusCode.UnprocessableEntity)]
    public async Task Send_ToNobody_IsRefused(string to, string code, HttpStatusCode status) =>
        await (await server.Http.PostAsync(Path, new { to, message = "x" })).ProblemAsync(status, code);

    private static string To(string body)
    {
        var request = System.Text.Json.Nodes.JsonNode.Parse(body)!.AsObject();
        request["to"] = "5511900000002";
        return request.ToJsonString();
    }

    private static JsonElement Content(JsonElement frame) => frame.GetProperty("message").GetProperty("content");
}
