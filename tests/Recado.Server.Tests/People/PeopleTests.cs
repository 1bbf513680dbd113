using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;
using Recado.Simulator.Faults;
using SkiaSharp;

namespace Recado.Server.Tests.People;

public sealed class PeopleTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    /// <summary>A JPEG of 640 by 640 pixels by its header, and nothing in it.</summary>
    public static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0x02, 0x80, 0x02, 0x80, 1, 1, 0x11, 0, 0xFF, 0xD9];

    private const string Nobody = "5511977777777";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}";

    [Theory]
    [InlineData("presence", """{"state":"asleep"}""", "invalid_input")]
    [InlineData("presence", "{}", "invalid_input")]
    [InlineData("presence/subscriptions", """{"to":"12"}""", "invalid_recipient")]
    [InlineData("presence/subscriptions", "{}", "invalid_recipient")]
    [InlineData("chats/5511900000002/typing", """{"state":"dancing"}""", "invalid_input")]
    [InlineData("chats/5511900000002/typing", """{"state":"composing","seconds":301}""", "invalid_input")]
    [InlineData("chats/12/typing", """{"state":"composing"}""", "invalid_recipient")]
    [InlineData("contacts/check", """{"numbers":[]}""", "invalid_input")]
    [InlineData("contacts/check", "{}", "invalid_input")]
    [InlineData("contacts/12/block", "{}", "invalid_recipient")]
    public async Task Post_OfSomethingWrong_SaysWhat(string path, string body, string code) =>
        await (await server.Http.PostTextAsync($"{Path}/{path}", body)).ProblemAsync(HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData("profile", """{"name":"a name that is longer than it may be"}""", "invalid_input")]
    [InlineData("profile", """{"name":"ana@home"}""", "invalid_input")]
    [InlineData("profile", """{"name":" "}""", "invalid_input")]
    [InlineData("privacy", """{"last":"sometimes"}""", "privacy_value_unknown")]
    [InlineData("privacy", """{"smell":"all"}""", "privacy_setting_unknown")]
    [InlineData("privacy", "{}", "privacy_setting_missing")]
    [InlineData("", """{"settings":{"rejectCallsMessage":""}}""", "invalid_input")]
    public async Task Patch_OfSomethingWrong_SaysWhat(string path, string body, string code) =>
        await (await server.Http.PatchAsync($"{Path}/{path}".TrimEnd('/'), JsonContent.Create(JsonNode.Parse(body)), Ct)).ProblemAsync(HttpStatusCode.BadRequest, code);

    [Fact]
    public async Task Contact_OfANumberWithoutWhatsApp_SaysSo()
    {
        await (await server.Http.AskAsync($"{Path}/contacts/{Nobody}")).ProblemAsync(HttpStatusCode.UnprocessableEntity, "recipient_not_on_whatsapp");
        await (await server.Http.PostTextAsync($"{Path}/chats/{Nobody}/typing", """{"state":"paused"}"""))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "recipient_not_on_whatsapp");
        await (await server.Http.PostAsync($"{Path}/contacts/{Nobody}/block")).ProblemAsync(HttpStatusCode.UnprocessableEntity, "recipient_not_on_whatsapp");
    }

    [Fact]
    public async Task Call_ThatDoesNotRing_CannotBeRejected()
    {
        await (await server.Http.PostAsync($"{Path}/calls/0000/reject")).ProblemAsync(HttpStatusCode.NotFound, "call_not_found");

        var id = server.BrunoPhone.Call(server.AnaPhone.PhoneNumber);
        await server.EventAsync("call_received", server.Ana, frame => frame.GetProperty("callId").ValueEquals(id));
        server.BrunoPhone.EndCall(id, "timeout");
        await server.EventAsync("call_ended", server.Ana, frame => frame.GetProperty("callId").ValueEquals(id) && frame.GetProperty("outcome").ValueEquals("missed"));

        await (await server.Http.PostAsync($"{Path}/calls/{id}/reject")).ProblemAsync(HttpStatusCode.Conflict, "call_over");
        var row = await server.RowContentAsync(server.Ana, id);
        Assert.Equal(("call", "missed"), (row.GetProperty("type").GetString(), row.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Call_WhenTheSettingsSaySo_IsRejectedAndAnswered()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        await (await server.Http.PatchAsJsonAsync(Path, new { settings = new { rejectCalls = true, rejectCallsMessage = "Please write" } }, Ct)).JsonAsync();
        var first = carla.Call(server.AnaPhone.PhoneNumber);
        await carla.WaitForCallAsync(news => news.CallId == first && news.Signal == "reject", Ct);
        await carla.WaitForMessageAsync(message => message.Text == "Please write", Ct);

        await (await server.Http.PatchAsJsonAsync(Path, new { settings = new { rejectCalls = false } }, Ct)).JsonAsync();
        var second = carla.Call(server.AnaPhone.PhoneNumber);
        await server.EventAsync("call_received", server.Ana, frame => frame.GetProperty("callId").ValueEquals(second));
        carla.EndCall(second);

        await server.EventAsync("call_ended", server.Ana, frame => frame.GetProperty("callId").ValueEquals(second) && frame.GetProperty("outcome").ValueEquals("missed"));
        Assert.DoesNotContain(carla.Calls, news => news.CallId == second && news.Signal == "reject");
    }

    [Fact]
    public async Task Settings_WhenPatched_KeepWhatIsNotMentioned()
    {
        await (await server.Http.PatchAsJsonAsync(Path, new { name = "Flowers", settings = new { rejectCallsMessage = "Please write" } }, Ct)).JsonAsync();
        await (await server.Http.PatchAsJsonAsync(Path, new { settings = new { rejectCalls = false } }, Ct)).JsonAsync();
        var row = (await (await server.Http.AskAsync(Path)).JsonAsync()).GetProperty("session");
        var cleared = (await (await server.Http.PatchAsync(Path, JsonContent.Create(JsonNode.Parse("""{"name":null,"settings":{"rejectCallsMessage":null}}""")), Ct)).JsonAsync())
            .GetProperty("session");

        Assert.Equal("Flowers", row.GetProperty("name").GetString());
        Documents.AssertHolds(JsonElement.Parse("""{"rejectCalls":false,"rejectCallsMessage":"Please write"}"""), row.GetProperty("settings"));
        Assert.Equal(JsonValueKind.Null, cleared.GetProperty("name").ValueKind);
        Assert.Equal(JsonValueKind.Null, cleared.GetProperty("settings").GetProperty("rejectCallsMessage").ValueKind);
    }

    [Fact]
    public async Task Picture_OfAContact_IsServedKeptAndNotFetchedTwice()
    {
        var dora = server.AddPhone("5511900000004", "Dora");
        await (await server.Http.AskAsync($"{Path}/contacts/5511900000004/picture")).ProblemAsync(HttpStatusCode.NotFound, "picture_not_found");
        dora.SetPicture(Jpeg);

        using var picture = await server.Http.AskAsync($"{Path}/contacts/5511900000004/picture");
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{Path}/contacts/5511900000004/picture") { Headers = { IfNoneMatch = { picture.Headers.ETag! } } };
        using var unchanged = await server.Http.SendAsync(again, Ct);
        using var kept = await server.Http.AskAsync($"/api/media/{picture.Headers.GetValues("X-Media-Id").Single()}");
        dora.SetPrivacy("profile", "none");

        Assert.Equal(Jpeg, await picture.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(Jpeg, await kept.Content.ReadAsByteArrayAsync(Ct));
        await (await server.Http.AskAsync($"{Path}/contacts/5511900000004/picture")).ProblemAsync(HttpStatusCode.Forbidden, "picture_hidden");
    }

    [Fact]
    public async Task OwnPicture_WhenSet_IsCutAndScaled()
    {
        using var body = new ByteArrayContent(Png(300, 900)) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };

        var set = await (await server.Http.PutAsync($"{Path}/profile/picture", body, Ct)).JsonAsync();
        using var shown = SKBitmap.Decode(server.AnaPhone.Picture!.Value.Span);
        await (await server.Http.DeleteAsync($"{Path}/profile/picture", Ct)).JsonAsync();

        Assert.NotNull(set.GetProperty("pictureId").GetString());
        Assert.Equal((640, 640), (shown.Width, shown.Height));
        Assert.True(shown.GetPixel(320, 320).Red > 200); // the middle third, which is red
        Assert.Null(server.AnaPhone.Picture);
    }

    [Fact]
    public async Task OwnPicture_OfAnUpload_IsTakenById()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Png(100, 100)), "file", "me.png" } };
        var upload = await (await server.Http.PostAsync($"{Path}/media", form, Ct)).JsonAsync(HttpStatusCode.Created);

        await (await server.Http.PutAsJsonAsync($"{Path}/profile/picture", new { id = upload.GetProperty("id").GetGuid() }, Ct)).JsonAsync();

        Assert.NotNull(server.AnaPhone.Picture);
        await (await server.Http.PutAsJsonAsync($"{Path}/profile/picture", new { id = Guid.NewGuid() }, Ct)).ProblemAsync(HttpStatusCode.BadRequest, "media_not_found");
        using var text = new StringContent("no image") { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        await (await server.Http.PutAsync($"{Path}/profile/picture", text, Ct)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "picture_not_acceptable");
    }

    [Fact]
    public async Task Typing_OverTheWebSocket_ReachesThePhone()
    {
        using var socket = await TestSocket.OpenReadyAsync(server.Server, TestServer.LocalToken);

        await socket.SendAsync(new JsonObject { ["type"] = "presence", ["sessionId"] = server.Ana, ["state"] = "available", ["requestId"] = 1 });
        var set = await socket.UntilAsync("presence_set");
        await socket.SendAsync(new JsonObject { ["type"] = "typing", ["sessionId"] = server.Ana, ["chat"] = "5511900000002", ["state"] = "recording" });
        await socket.UntilAsync("typing_set");
        await socket.SendAsync(new JsonObject { ["type"] = "typing", ["sessionId"] = server.Ana, ["chat"] = "5511900000002", ["state"] = "dancing" });
        var error = await socket.UntilAsync("error");

        Assert.Equal(1, set.GetProperty("requestId").GetInt32());
        Assert.Equal("invalid_input", error.GetProperty("code").GetString());
        await server.BrunoPhone.WaitForChatStateAsync(state => state.State == "recording", Ct);
    }

    [Fact]
    public async Task Name_WhenSet_HoldsAfterAReconnectAndIsWhatOthersSee()
    {
        await using var linked = new LinkedServer();
        await linked.InitializeAsync();
        var path = $"/api/sessions/{linked.Ana}/profile";

        await (await linked.Http.PatchAsJsonAsync(path, new { name = "Ana of Flowers" }, Ct)).JsonAsync();
        await linked.WhatsApp.DropConnectionsAsync(linked.AnaPhone.PhoneNumber);
        var connected = 0;
        await linked.EventAsync("status_update", linked.Ana, frame => frame.GetProperty("status").ValueEquals("connected") && ++connected == 2);
        var id = await linked.SendTextAsync("hello");

        Assert.Equal("Ana of Flowers", linked.AnaPhone.Name);
        Assert.Equal("Ana of Flowers", (await linked.BrunoPhone.WaitForMessageAsync(message => message.Id == id, Ct)).PushName);
        Assert.Equal("Ana of Flowers", (await (await linked.Http.AskAsync(path)).JsonAsync()).GetProperty("profile").GetProperty("name").GetString());
        Assert.Empty(linked.WhatsApp.Trace.Violations);
    }

    [Fact]
    public async Task Name_WhenThePhoneDoesNotShareItsKeys_Is503()
    {
        await using var linked = new LinkedServer();
        await linked.InitializeAsync();
        var path = $"/api/sessions/{linked.Ana}/profile";
        await (await linked.Http.PatchAsJsonAsync(path, new { name = "Ana A" }, Ct)).JsonAsync(); // the settings are read by now
        linked.WhatsApp.Faults.Add(new(FaultKind.IgnorePeerRequest));
        linked.AnaPhone.RotateSettingsKey();
        linked.AnaPhone.SetName("Ana B");

        await (await linked.Http.PatchAsJsonAsync(path, new { name = "Ana C" }, Ct)).ProblemAsync(HttpStatusCode.ServiceUnavailable, "settings_unavailable");

        Assert.Equal("Ana B", linked.AnaPhone.Name);
    }

    [Fact]
    public async Task Chats_OfContacts_GoByTheAddressBook()
    {
        await using var linked = new LinkedServer();
        await linked.InitializeAsync();
        var path = $"/api/sessions/{linked.Ana}/chats/{linked.BrunoPhone.PhoneNumber}";
        async Task<string?> NameAsync() => (await (await linked.Http.AskAsync(path)).JsonAsync()).GetProperty("chat").GetProperty("name").GetString();

        await SetAsync("Bruno from the market");
        await linked.ReceivedAsync(linked.Ana, await linked.BrunoPhone.SendTextAsync(linked.AnaPhone.PhoneNumber, "one", Ct));
        var first = await NameAsync();
        await SetAsync("Bruno M.");
        await linked.ReceivedAsync(linked.Ana, await linked.BrunoPhone.SendTextAsync(linked.AnaPhone.PhoneNumber, "two", Ct));
        var second = await NameAsync();
        await SetAsync(null);

        Assert.Equal(("Bruno from the market", "Bruno M.", "Bruno"), (first, second, await NameAsync()));

        async Task SetAsync(string? name)
        {
            linked.AnaPhone.SetContactName(linked.BrunoPhone.PhoneNumber, name);
            await linked.EventAsync("contacts_changed", linked.Ana, frame => frame.GetProperty("contacts")[0].GetProperty("name").GetString() == name);
        }
    }

    [Fact]
    public async Task Presence_OfAnothersSession_IsNotFound()
    {
        var path = $"/api/sessions/{Guid.NewGuid()}";

        await (await server.Http.PostTextAsync($"{path}/presence", """{"state":"available"}""")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await server.Http.AskAsync($"{path}/contacts/5511900000002")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await server.Http.PatchAsJsonAsync(path, new { name = "mine" }, Ct)).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await server.Http.PutAsJsonAsync($"{path}/profile/picture", new { id = Guid.NewGuid() }, Ct)).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
    }

    /// <summary>A PNG of three stripes, of which the middle one is red.</summary>
    private static byte[] Png(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Blue);
            using var red = new SKPaint { Color = SKColors.Red };
            canvas.DrawRect(0, height / 3f, width, height / 3f, red);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
