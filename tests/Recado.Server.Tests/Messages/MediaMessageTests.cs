using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Features.Media;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Media;
using Recado.Server.Tests.Outbound;
using Recado.Simulator.Phones;

namespace Recado.Server.Tests.Messages;

/// <summary>Files that users send: as messages on the phone of the recipient, and as rows of their own.</summary>
public sealed class MediaMessageTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/messages";

    public static TheoryData<string, string> Files => new()
    {
        { "image", "png" }, { "image", "jpeg" }, { "video", "mp4" }, { "gif", "mp4" }, { "video_note", "mp4" }, { "audio", "mp3" },
        { "voice", "ogg" }, { "document", "pdf" }, { "document", "mp4" }, { "sticker", "webp" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Send_OfAnUploadedFile_ArrivesOnThePhoneWithTheSameBytes(string kind, string file)
    {
        var bytes = SampleFiles.Of(file);

        var id = await server.SendAsync(Request(kind, new { id = await server.UploadAsync(bytes, $"file.{file}") }));

        var (message, received) = await ArrivedAsync(id);
        Assert.Equal(kind, message.Media?.Kind);
        Assert.Equal(bytes, received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_OfAFileByLinkOrData_ArrivesAndIsShownInTheRow(bool byLink)
    {
        await using var site = await WebSite.StartAsync();
        var bytes = SampleFiles.Of("png");
        object source = byLink ? new { link = site.Serve("/menu.png", bytes), caption = "Menu" } : new { data = Convert.ToBase64String(bytes), caption = "Menu" };

        var id = await server.SendAsync(Request("image", source));

        var (message, received) = await ArrivedAsync(id);
        var content = await server.RowContentAsync(server.Ana, id);
        var file = await server.Http.AskAsync($"/api/media/{content.GetProperty("media").GetProperty("id").GetString()}");
        Assert.Equal("Menu", message.Media?.Caption);
        Assert.Equal(bytes, received);
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal((640, 480), (content.GetProperty("width").GetInt32(), content.GetProperty("height").GetInt32()));
        Assert.Equal("image/jpeg", MediaType.Of(content.GetProperty("thumbnail").GetBytesFromBase64()));
    }

    [Fact]
    public async Task Send_OfAReceivedFile_PassesItOn()
    {
        var bytes = SampleFiles.Of("pdf");
        var received = await server.BrunoPhone.SendMediaAsync(server.AnaPhone.PhoneNumber, new PhoneMedia("document", FileName: "offer.pdf"), new MemoryStream(bytes), Ct);
        var stored = await server.EventAsync("media_status", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(received));

        var id = await server.SendAsync(Request("document", new { id = stored.GetProperty("media").GetProperty("id").GetString() }));

        var (message, passedOn) = await ArrivedAsync(id);
        Assert.Equal(("offer.pdf", "application/pdf"), (message.Media?.FileName, message.Media?.MimeType));
        Assert.Equal(bytes, passedOn);
    }

    [Fact]
    public async Task Send_OfOneFileToManyTimes_UploadsItOnce()
    {
        var file = await server.UploadAsync(SampleFiles.Of("jpeg"), "photo.jpg");

        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await server.SendAsync(Request("image", new { id = file, caption = i.ToString(CultureInfo.InvariantCulture) })));

        var paths = new HashSet<string?>();
        foreach (var id in ids)
        {
            var (message, _) = await ArrivedAsync(id);
            paths.Add(JsonElement.Parse(message.Message).GetProperty("imageMessage").GetProperty("directPath").GetString());
        }

        Assert.Single(paths);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    public async Task Send_OfAPictureAsSticker_MakesItAWebP(string file)
    {
        var id = await server.SendAsync(Request("sticker", new { data = Convert.ToBase64String(SampleFiles.Of(file)) }));

        var (message, received) = await ArrivedAsync(id);
        Assert.Equal("image/webp", message.Media?.MimeType);
        Assert.Equal("image/webp", MediaType.Of(received));
    }

    [Fact]
    public async Task Send_OfADocument_KeepsItsNameAndWhatItIs()
    {
        byte[] archive = [.. "PK"u8, 3, 4, .. new byte[200]];

        var id = await server.SendAsync(Request("document", new { data = Convert.ToBase64String(archive), filename = "Orçamento.docx", caption = "Please sign" }));

        var (message, _) = await ArrivedAsync(id);
        Assert.Equal(
            ("Orçamento.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Please sign"),
            (message.Media?.FileName, message.Media?.MimeType, message.Media?.Caption));
    }

    [Fact]
    public async Task Send_OfAnAnswerForOneView_CarriesBoth()
    {
        var question = await server.SendTextAsync("photo?");
        var request = JsonNode.Parse(Request("image", new { data = Convert.ToBase64String(SampleFiles.Of("png")), viewOnce = true }))!.AsObject();
        request["context"] = new JsonObject { ["messageId"] = question };

        var id = await server.SendAsync(request.ToJsonString());

        var content = (await server.ReceivedAsync(server.Bruno, id)).GetProperty("message").GetProperty("content");
        Assert.True(content.GetProperty("viewOnce").GetBoolean());
        Assert.Equal(question, content.GetProperty("context").GetProperty("messageId").GetString());
    }

    [Theory]
    [InlineData("image", "{}", "media_source_missing", HttpStatusCode.BadRequest)]
    [InlineData("image", """{"id":"x","link":"y"}""", "media_source_ambiguous", HttpStatusCode.BadRequest)]
    [InlineData("image", """{"id":"x"}""", "media_not_found", HttpStatusCode.NotFound)]
    [InlineData("image", """{"id":"00000000-0000-0000-0000-000000000001"}""", "media_not_found", HttpStatusCode.NotFound)]
    [InlineData("image", """{"data":"no base64!"}""", "media_data_invalid", HttpStatusCode.BadRequest)]
    [InlineData("image", """{"link":"ftp://example.com/x.png"}""", "link_forbidden", HttpStatusCode.BadRequest)]
    [InlineData("image", """{"link":"http://127.0.0.1:9/x.png"}""", "link_unreachable", HttpStatusCode.UnprocessableEntity)]
    [InlineData("sticker", """{"id":"x","caption":"no"}""", "invalid_media", HttpStatusCode.BadRequest)]
    [InlineData("document", """{"id":"x","viewOnce":true}""", "invalid_media", HttpStatusCode.BadRequest)]
    [InlineData("document", """{"id":"x","fileName":"../x"}""", "invalid_media", HttpStatusCode.BadRequest)]
    [InlineData("document", """{"id":"x","mimeType":"what?"}""", "invalid_media", HttpStatusCode.BadRequest)]
    public async Task Send_WhenTheRequestIsWrong_SaysWhat(string kind, string body, string code, HttpStatusCode status) =>
        await (await server.Http.PostTextAsync(Path, Request(kind, JsonNode.Parse(body)!))).ProblemAsync(status, code);

    [Theory]
    [InlineData("image", "mp4", "media_kind_mismatch")]
    [InlineData("image", "pdf", "media_kind_mismatch")]
    [InlineData("video", "png", "media_kind_mismatch")]
    [InlineData("audio", "png", "media_kind_mismatch")]
    [InlineData("audio", "mp4", "media_kind_mismatch")] // it may be a sound, but it is none
    [InlineData("voice", "pdf", "media_kind_mismatch")]
    [InlineData("sticker", "mp3", "media_kind_mismatch")]
    [InlineData("image", "half", "media_damaged")]
    public async Task Send_WhenTheFileIsNoneOfTheKind_SaysWhatItIs(string kind, string file, string code)
    {
        var answer = await server.Http.PostTextAsync(Path, Request(kind, new { id = await server.UploadAsync(SampleFiles.Of(file), "photo.png") }));

        await answer.ProblemAsync(HttpStatusCode.UnprocessableEntity, code);
    }

    [Fact]
    public async Task Send_WhenTheLinkIsNoFile_SaysWhatIsWrong()
    {
        await using var site = await WebSite.StartAsync();
        var page = site.Serve("/page.png", "<!DOCTYPE html><title>Log in</title>"u8.ToArray(), "image/png");
        var huge = site.ServeHalf(SampleFiles.Of("png"), announced: 3L * 1024 * 1024 * 1024, "image/png");
        var half = site.ServeHalf(SampleFiles.Of("png")[..500], announced: 5000, "image/png");

        await (await LinkAsync("image", page)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "link_not_media");
        await (await LinkAsync("image", huge)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "media_too_large");
        await (await LinkAsync("document", huge)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "media_too_large");
        await (await LinkAsync("image", half)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "media_truncated");
        await (await LinkAsync("image", site.Redirect("/away", "file:///etc/passwd"))).ProblemAsync(HttpStatusCode.BadRequest, "link_forbidden");
    }

    [Fact]
    public async Task Send_WhenWhatsAppDoesNotTakeTheFile_SaysSoAndLeavesNothing()
    {
        server.WhatsApp.Faults.Add(new Simulator.Faults.Fault(Simulator.Faults.FaultKind.RefuseUpload, Count: 2, Code: 413));

        var answer = await server.Http.PostTextAsync(Path, Request("image", new { data = Convert.ToBase64String(SampleFiles.Png(33, 33)) }));

        await answer.ProblemAsync(HttpStatusCode.BadGateway, "upload_failed");
        server.WhatsApp.Faults.Clear();
    }

    [Fact]
    public async Task Send_ToSomebodyWithoutWhatsApp_UploadsNothing()
    {
        var request = JsonNode.Parse(Request("image", new { data = Convert.ToBase64String(SampleFiles.Of("png")) }))!.AsObject();
        request["to"] = "5511988887777";

        await (await server.Http.PostTextAsync(Path, request.ToJsonString())).ProblemAsync(HttpStatusCode.UnprocessableEntity, "recipient_not_on_whatsapp");
    }

    [Fact]
    public async Task Send_OverTheWebSocket_TakesTheSameObject()
    {
        using var socket = await TestSocket.OpenReadyAsync(server.Server, TestServer.LocalToken);
        var file = await server.UploadAsync(SampleFiles.Of("pdf"), "offer.pdf");

        var sent = await socket.AskAsync(
            new JsonObject { ["type"] = "send_message", ["sessionId"] = server.Ana, ["to"] = server.BrunoPhone.PhoneNumber, ["document"] = new JsonObject { ["id"] = file } },
            "message_sent");

        var (message, received) = await ArrivedAsync(sent.GetProperty("messageId").GetString()!);
        Assert.Equal("offer.pdf", message.Media?.FileName);
        Assert.Equal(SampleFiles.Of("pdf"), received);
    }

    [Fact]
    public async Task Send_OfATextWithPreview_ShowsTheCardOfItsLink()
    {
        await using var site = await WebSite.StartAsync();
        site.Serve("/cover.png", SampleFiles.Of("png"), "image/png");
        var link = site.Serve(
            "/page", """<html><head><meta property="og:title" content="Menu"><meta name="description" content="All of it"><meta property="og:image" content="/cover.png">"""u8.ToArray(),
            "text/html; charset=utf-8");

        var id = await server.SendAsync(JsonSerializer.Serialize(new { to = server.BrunoPhone.PhoneNumber, text = new { body = $"Look: {link}.", preview_url = true } }));

        var message = await server.BrunoPhone.WaitForMessageAsync(m => m.Id == id, Ct);
        var text = JsonElement.Parse(message.Message).GetProperty("extendedTextMessage");
        Assert.Equal((link, "Menu", "All of it"), (text.GetProperty("matchedText").GetString(), text.GetProperty("title").GetString(), text.GetProperty("description").GetString()));
        Assert.Equal("image/jpeg", MediaType.Of(text.GetProperty("jpegThumbnail").GetBytesFromBase64()));
    }

    [Theory]
    [InlineData("/absent", true)]
    [InlineData("/page", false)]
    public async Task Send_OfATextWhosePageGivesNothingOrIsNotAskedFor_GoesWithoutCard(string path, bool preview)
    {
        await using var site = await WebSite.StartAsync();
        site.Serve("/page", "<title>Page</title>"u8.ToArray(), "text/html");

        var id = await server.SendAsync(
            JsonSerializer.Serialize(new { to = server.BrunoPhone.PhoneNumber, text = new { body = $"{site.Root}{path}", previewUrl = preview } }));

        var message = await server.BrunoPhone.WaitForMessageAsync(m => m.Id == id, Ct);
        Assert.Equal($"{site.Root}{path}", message.Text);
        Assert.DoesNotContain("matchedText", message.Message, StringComparison.Ordinal);
    }

    private string Request(string kind, object media) => new JsonObject
    {
        ["to"] = server.BrunoPhone.PhoneNumber,
        ["type"] = kind,
        [kind] = JsonSerializer.SerializeToNode(media),
    }.ToJsonString();

    private Task<HttpResponseMessage> LinkAsync(string kind, string link) => server.Http.PostTextAsync(Path, Request(kind, new { link }));

    private async Task<(InboxMessage Message, byte[] File)> ArrivedAsync(string id)
    {
        var message = await server.BrunoPhone.WaitForMessageAsync(m => m.Id == id, Ct);
        using var file = new MemoryStream();
        await server.BrunoPhone.ReadMediaAsync(id, file, Ct);
        return (message, file.ToArray());
    }
}
