using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Recado.Simulator.Tests.Groups;

public sealed class GroupControlApiTests : GroupTest
{
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Groups_WhenDrivenOverHttp_LiveAWholeLife()
    {
        _ = Caio;
        var created = await SendAsync(
            HttpMethod.Post, "accounts/5511900000002/groups", new { subject = "Friends", members = new[] { "5511900000001" }, addressing = "pn" });
        var group = created.GetProperty("jid").GetString()!;
        var of = $"accounts/5511900000002/groups/{group}";

        var changed = await SendAsync(HttpMethod.Patch, of, new
        {
            subject = "Family",
            description = "About us",
            announcement = true,
            locked = true,
            expirationSeconds = 86400,
            memberAddMode = "admins",
            approval = true,
        });
        var added = await SendAsync(HttpMethod.Post, of + "/members", new { action = "add", members = new[] { "5511900000003", "5511900000001" } });
        await SendAsync(HttpMethod.Post, of + "/members", new { action = "remove", members = new[] { "5511900000003" } });
        var old = (await SendAsync(HttpMethod.Get, of + "/invite")).GetProperty("code").GetString();
        var code = (await SendAsync(HttpMethod.Delete, of + "/invite")).GetProperty("code").GetString();
        var joined = await SendAsync(HttpMethod.Post, "accounts/5511900000003/groups/join", new { code });
        var requests = await SendAsync(HttpMethod.Get, of + "/join-requests");
        await SendAsync(HttpMethod.Post, of + "/join-requests", new { approve = true, users = new[] { "5511900000003" } });
        await SendAsync(HttpMethod.Put, $"groups/{group}/addressing", new { addressing = "lid" });
        var id = (await SendAsync(HttpMethod.Post, "accounts/5511900000002/messages", new { to = group, text = "over http" })).GetProperty("id").GetString();
        await SendAsync(HttpMethod.Post, of + "/forget-keys", new { received = true, distribution = true });
        await SendAsync(HttpMethod.Delete, $"accounts/5511900000001/groups/{group}");
        var described = await SendAsync(HttpMethod.Get, $"groups/{group}");

        Assert.Equal("pn", created.GetProperty("addressing").GetString());
        Assert.Equal(("Family", "About us", true, true, 86400, "admins", true), (
            changed.GetProperty("subject").GetString(), changed.GetProperty("description").GetString(), changed.GetProperty("announcement").GetBoolean(),
            changed.GetProperty("locked").GetBoolean(), changed.GetProperty("expirationSeconds").GetInt32(), changed.GetProperty("memberAddMode").GetString(),
            changed.GetProperty("approval").GetBoolean()));
        Assert.Equal([200, 409], added.EnumerateArray().Select(r => r.GetProperty("code").GetInt32()));
        Assert.NotEqual(old, code);
        Assert.True(joined.GetProperty("needsApproval").GetBoolean());
        Assert.Equal("invite_link", requests[0].GetProperty("method").GetString());
        Assert.Equal(id, Assert.Single(Caio.Inbox).Id);
        Assert.Equal(["5511900000002", "5511900000003"], described.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("phone").GetString()));
        Assert.Equal("lid", described.GetProperty("addressing").GetString());
        Assert.Equal(1, (await SendAsync(HttpMethod.Get, "groups")).GetArrayLength());
        Assert.Equal(0, (await SendAsync(HttpMethod.Get, "accounts/5511900000001/groups")).GetArrayLength());
        AssertNoViolations();
    }

    [Fact]
    public async Task Privacy_WhenNobodyMayAddTheAccount_LeadsToAnInvitationThatItAccepts()
    {
        await SendAsync(HttpMethod.Put, "accounts/5511900000001/privacy/groupadd", new { value = "none" });
        var group = Bia.CreateGroup("Friends", []).Jid.ToString();

        var refused = (await SendAsync(
            HttpMethod.Post, $"accounts/5511900000002/groups/{group}/members", new { action = "add", members = new[] { "5511900000001" } }))[0];
        var code = refused.GetProperty("inviteCode").GetString();
        var expiresAt = refused.GetProperty("inviteExpiresAt").GetDateTimeOffset();
        await SendAsync(HttpMethod.Post, $"accounts/5511900000002/groups/{group}/invites", new { to = "5511900000001", code, expiresAt });
        await SendAsync(HttpMethod.Post, $"accounts/5511900000001/groups/{group}/accept", new { code, expiresAt, admin = "5511900000002" });

        Assert.Equal(("group_invite", "Friends"), Assert.Single(Ana.Inbox) is var invite ? (invite.Kind, invite.Text) : default);
        Assert.Equal(403, refused.GetProperty("code").GetInt32());
        Assert.Equal(2, Service.Group(group).Participants.Count);
    }

    [Fact]
    public async Task Status_WhenPostedOverHttp_ReachesContacts()
    {
        await Bia.SendTextAsync(Ana.PhoneNumber, "hello", Ct);

        await SendAsync(HttpMethod.Post, "accounts/5511900000002/status", new { text = "as text" });
        await SendAsync(HttpMethod.Post, "accounts/5511900000002/status", new { message = new { conversation = "as protobuf" } });

        Assert.Equal(["as text", "as protobuf"], Ana.Inbox.Where(m => m.Chat == "status@broadcast").Select(m => m.Text));
    }

    [Theory]
    [InlineData("POST", "accounts/5511900000002/groups", "{}", HttpStatusCode.BadRequest, "no 'subject'")]
    [InlineData("POST", "accounts/5511900000002/groups", """{"subject":"x","addressing":"both"}""", HttpStatusCode.BadRequest, "no addressing 'both'")]
    [InlineData("POST", "accounts/5511900000002/groups", """{"subject":"x","members":["5511999999999"]}""", HttpStatusCode.Conflict, "No account has")]
    [InlineData("POST", "accounts/5511900000002/groups/join", """{"code":"x"}""", HttpStatusCode.Conflict, "406")]
    [InlineData("POST", "accounts/5511900000002/groups/1@g.us/members", """{"action":"hug","members":[]}""", HttpStatusCode.BadRequest, "no action 'hug'")]
    [InlineData("POST", "accounts/5511900000002/groups/1@g.us/members", """{"action":"add","members":["5511900000001"]}""", HttpStatusCode.Conflict, "404")]
    [InlineData("PATCH", "accounts/5511900000002/groups/1@g.us", """{"expirationSeconds":-1}""", HttpStatusCode.BadRequest, "not negative")]
    [InlineData("DELETE", "accounts/5511900000002/groups/1@g.us", null, HttpStatusCode.Conflict, "404")]
    [InlineData("GET", "accounts/5511900000002/groups/5511900000001/invite", null, HttpStatusCode.Conflict, "@g.us")]
    [InlineData("POST", "accounts/5511900000002/groups/1@g.us/invites", """{"to":"5511900000001"}""", HttpStatusCode.BadRequest, "no 'code'")]
    [InlineData("DELETE", "accounts/5511900000002/groups/1@g.us/invites/5511900000001", null, HttpStatusCode.Conflict, "404")]
    [InlineData("GET", "groups/1@g.us", null, HttpStatusCode.NotFound, "no group")]
    [InlineData("POST", "accounts/5511900000002/status", "{}", HttpStatusCode.BadRequest, "no 'text'")]
    public async Task Request_WhenItMakesNoSense_IsAnsweredWithASentence(string method, string path, string? body, HttpStatusCode status, string sentence)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Service.ControlUrl, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await _http.SendAsync(request, Ct);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(sentence, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Service.ControlUrl, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);

        using var response = await _http.SendAsync(request, Ct);
        Assert.True(response.IsSuccessStatusCode, $"{path} is answered with {(int)response.StatusCode}.");
        return response.StatusCode == HttpStatusCode.NoContent ? default : await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}
