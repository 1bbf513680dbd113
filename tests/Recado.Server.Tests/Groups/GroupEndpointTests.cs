using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Groups;

public sealed class GroupEndpointTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/groups";

    [Fact]
    public async Task Change_OfASubject_BecomesAnEventAndARowForEveryMember()
    {
        var group = await CreateAsync("Before");

        await (await server.Http.PatchAsJsonAsync($"{Path}/{group}", new { subject = "After" }, Ct)).JsonAsync();

        foreach (var session in new[] { server.Ana, server.Bruno })
        {
            var told = await server.EventAsync("group_update", session, frame => frame.GetProperty("group").GetString() == group && Has(frame, "subject"));
            var change = told.GetProperty("changes").EnumerateArray().Single();
            Assert.Equal("After", change.GetProperty("subject").GetString());
            Assert.Equal(server.AnaPhone.PhoneNumber, told.GetProperty("actor").GetProperty("phoneNumber").GetString());
            var content = await server.RowContentAsync(session, told.GetProperty("messageId").GetString()!, $"&chat={group}");
            Assert.Equal("group_update", content.GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task Removal_OfAMember_TellsWhoAndClosesTheGroupToThem()
    {
        var group = await CreateAsync("Short visit");

        var answer = await (await server.Http.PostAsync(
            $"{Path}/{group}/participants", new { action = "remove", participants = new[] { server.BrunoPhone.PhoneNumber } })).JsonAsync();

        Assert.True(answer.GetProperty("results")[0].GetProperty("success").GetBoolean());
        var told = await server.EventAsync("group_update", server.Bruno, frame => frame.GetProperty("group").GetString() == group && Has(frame, "participants_removed"));
        Assert.Equal(
            server.BrunoPhone.PhoneNumber,
            told.GetProperty("changes")[0].GetProperty("participants")[0].GetProperty("phoneNumber").GetString());
        await (await server.Http.GetAsync($"/api/sessions/{server.Bruno}/groups/{group}", Ct)).ProblemAsync(HttpStatusCode.Forbidden, "group_not_allowed");
    }

    [Fact]
    public async Task Invite_FollowedByAnotherAccount_MakesItAMember()
    {
        var group = await CreateAsync("Open house", withBruno: false);
        var link = (await (await server.Http.GetAsync($"{Path}/{group}/invite", Ct)).JsonAsync()).GetProperty("link").GetString();

        var joined = await (await server.Http.PostAsync($"/api/sessions/{server.Bruno}/groups/join", new { invite = link })).JsonAsync();

        Assert.Equal((group, false), (joined.GetProperty("group").GetString(), joined.GetProperty("needsApproval").GetBoolean()));
        await server.EventAsync("group_update", server.Ana, frame => frame.GetProperty("group").GetString() == group && Has(frame, "participants_added"));
        await (await server.Http.PostAsync($"/api/sessions/{server.Bruno}/groups/join", new { invite = link }))
            .ProblemAsync(HttpStatusCode.Conflict, "already_member");

        await (await server.Http.DeleteAsync($"{Path}/{group}/invite", Ct)).JsonAsync();
        await (await server.Http.PostAsync($"/api/sessions/{server.Bruno}/groups/preview", new { invite = link }))
            .ProblemAsync(HttpStatusCode.Conflict, "invite_revoked");
    }

    [Fact]
    public async Task JoinRequest_WhenApproved_LetsTheUserIn()
    {
        var group = await CreateAsync("By appointment", withBruno: false);
        await (await server.Http.PatchAsJsonAsync($"{Path}/{group}", new { requiresApproval = true }, Ct)).JsonAsync();
        var link = (await (await server.Http.GetAsync($"{Path}/{group}/invite", Ct)).JsonAsync()).GetProperty("link").GetString();

        var joined = await (await server.Http.PostAsync($"/api/sessions/{server.Bruno}/groups/join", new { invite = link })).JsonAsync();
        await server.EventAsync("group_update", server.Ana, frame => frame.GetProperty("group").GetString() == group && Has(frame, "join_requested"));
        var wish = (await (await server.Http.GetAsync($"{Path}/{group}/requests", Ct)).JsonAsync()).GetProperty("requests").EnumerateArray().Single();
        var decided = await (await server.Http.PostAsync(
            $"{Path}/{group}/requests", new { action = "approve", participants = new[] { wish.GetProperty("jid").GetString() } })).JsonAsync();

        Assert.True(joined.GetProperty("needsApproval").GetBoolean());
        Assert.True(decided.GetProperty("results")[0].GetProperty("success").GetBoolean());
        await server.EventAsync("group_update", server.Bruno, frame => frame.GetProperty("group").GetString() == group && Has(frame, "joined"));
    }

    [Fact]
    public async Task Change_ByAMemberWhoIsNoAdmin_SaysSo()
    {
        var group = await CreateAsync("Locked");
        await (await server.Http.PatchAsJsonAsync($"{Path}/{group}", new { isLocked = true }, Ct)).JsonAsync();

        var answer = await server.Http.PatchAsJsonAsync($"/api/sessions/{server.Bruno}/groups/{group}", new { subject = "Mine" }, Ct);

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "group_not_allowed");
    }

    [Fact]
    public async Task Picture_OfAGroup_IsCutSquareAndCanBeReadAndTakenAway()
    {
        var group = await CreateAsync("In the picture");
        using var bitmap = new SkiaSharp.SKBitmap(800, 300);
        using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        using var body = new ByteArrayContent(png.ToArray());
        body.Headers.ContentType = new("image/png");

        await (await server.Http.PutAsync($"{Path}/{group}/picture", body, Ct)).JsonAsync();

        var read = await server.Http.GetAsync($"/api/sessions/{server.Bruno}/contacts/{group}/picture", Ct);
        using var shown = SkiaSharp.SKBitmap.Decode(await read.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal((640, 640), (shown.Width, shown.Height));
        await (await server.Http.DeleteAsync($"{Path}/{group}/picture", Ct)).JsonAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync($"/api/sessions/{server.Bruno}/contacts/{group}/picture", Ct)).StatusCode);
        using var text = new StringContent("no picture", System.Text.Encoding.UTF8, "image/png");
        await (await server.Http.PutAsync($"{Path}/{group}/picture", text, Ct)).ProblemAsync(HttpStatusCode.UnprocessableEntity, "picture_not_acceptable");
    }

    [Theory]
    [InlineData("POST", "", """{"participants": []}""", "invalid_subject")]
    [InlineData("POST", "", """{"subject": " "}""", "invalid_subject")]
    [InlineData("POST", "", """{"subject": "x", "participants": ["nobody"]}""", "invalid_participant")]
    [InlineData("POST", "", """{"subject": "x", "participants": ["120363000000000001@g.us"]}""", "invalid_participant")]
    [InlineData("POST", "", """{"subject": "x", "disappearingSeconds": 5}""", "invalid_timer")]
    [InlineData("POST", "", """{"subject": "x", "memberAddMode": "nobody"}""", "invalid_input")]
    [InlineData("POST", "/join", """{}""", "invalid_invite")]
    [InlineData("POST", "/join", """{"invite": "AAAAAAAAAAAAAAAAAAAAAA"}""", "invalid_invite")]
    [InlineData("POST", "/120363000000000001/participants", """{"action": "praise", "participants": ["5511900000002"]}""", "invalid_input")]
    [InlineData("POST", "/120363000000000001/participants", """{"action": "add", "participants": []}""", "invalid_input")]
    [InlineData("POST", "/120363000000000001/requests", """{"action": "postpone", "participants": ["5511900000002"]}""", "invalid_input")]
    public async Task Request_ThatMakesNoSense_SaysWhatIsWrong(string method, string path, string body, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Path + path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

        var answer = await server.Http.SendAsync(request, Ct);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("120363999999999999@g.us")]
    [InlineData("5511900000002@s.whatsapp.net")]
    public async Task Get_OfNoGroup_Is404(string group) =>
        await (await server.Http.GetAsync($"{Path}/{group}", Ct)).ProblemAsync(HttpStatusCode.NotFound, "group_not_found");

    private static bool Has(JsonElement frame, string change) =>
        frame.GetProperty("changes").EnumerateArray().Any(one => one.GetProperty("type").ValueEquals(change));

    private async Task<string> CreateAsync(string subject, bool withBruno = true)
    {
        string[] participants = withBruno ? [server.BrunoPhone.PhoneNumber] : [];
        var made = await (await server.Http.PostAsync(Path, new { subject, participants })).JsonAsync(HttpStatusCode.Created);
        var group = made.GetProperty("group").GetProperty("id").GetString()!;
        foreach (var session in withBruno ? new[] { server.Ana, server.Bruno } : [server.Ana])
            await server.EventAsync("group_update", session, frame => frame.GetProperty("group").GetString() == group && Has(frame, "joined"));
        return group;
    }
}
