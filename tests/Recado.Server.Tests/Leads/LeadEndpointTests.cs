using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Leads;

public sealed class LeadEndpointTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Add_WithAllColumns_AnswersWithTheRow()
    {
        using var ana = Server.As(Guid.NewGuid());
        var session = await SessionAsync(ana);
        var company = Guid.NewGuid().ToString();

        var response = await ana.PostAsync("/api/leads", new
        {
            name = " Carla Souza ",
            phone_number = "+55 (11) 91234-5678",
            email = "carla@example.org",
            company = "Souza Flores",
            company_id = company,
            whatsapp_session_id = session,
            source = "fair",
            status = "open",
            tags = new[] { "hot", " hot", "flowers" },
            data = new { budget = 1200 },
        });
        var lead = (await response.JsonAsync(HttpStatusCode.Created)).GetProperty("lead");

        Documents.AssertHolds(
            JsonSerializer.SerializeToElement(new
            {
                name = "Carla Souza",
                phone_number = "5511912345678",
                lid = (string?)null,
                email = "carla@example.org",
                company = "Souza Flores",
                company_id = company,
                whatsapp_session_id = session,
                source = "fair",
                status = "open",
                tags = new[] { "hot", "flowers" },
                data = new { budget = 1200 },
            }),
            lead);
        Assert.Equal($"/api/leads/{lead.GetProperty("id").GetGuid()}", response.Headers.Location?.OriginalString);
        Assert.True(JsonElement.DeepEquals(lead, await GetAsync(ana, lead.GetProperty("id").GetString()!)));
    }

    [Fact]
    public async Task Add_WithTheBodyOfTheOriginal_KeepsAnythingElseInData()
    {
        using var ana = Server.As(Guid.NewGuid());
        var session = await SessionAsync(ana);

        var lead = await AddAsync(ana, new { data = new { name = "Carla", phone = "11 91234" }, status = "contacted", whatsapp_session_id = session, notes = "call", score = 7 });
        var bare = await AddAsync(ana, new { });

        Documents.AssertHolds(
            JsonElement.Parse("""{"status":"contacted","name":null,"data":{"name":"Carla","phone":"11 91234","notes":"call","score":7}}"""), lead);
        Documents.AssertHolds(
            JsonElement.Parse("""{"status":"new","data":{},"tags":[],"source":null,"whatsapp_session_id":null,"company_id":null}"""), bare);
    }

    [Fact]
    public async Task Change_OfSomeMembers_LeavesTheOthers()
    {
        using var ana = Server.As(Guid.NewGuid());
        using var socket = await TestSocket.OpenReadyAsync(Server, ana.DefaultRequestHeaders.Authorization!.Parameter!);
        var id = (await AddAsync(ana, new { name = "Carla", email = "carla@example.org", tags = new[] { "a" }, a = 1, b = 2 })).GetProperty("id").GetString()!;

        await PatchAsync(ana, id, """{"status":"won","email":null,"b":null,"c":{"d":3}}""");
        var changed = await PatchAsync(ana, id, "{}");
        var replaced = await PatchAsync(ana, id, """{"data":{"only":true},"tags":null,"status":null}""");
        var whole = await PatchAsync(ana, id, replaced.GetRawText());
        var cleared = await PatchAsync(ana, id, """{"data":null}""");

        Documents.AssertHolds(JsonElement.Parse("""{"name":"Carla","status":"won","email":null,"tags":["a"],"data":{"a":1,"c":{"d":3}}}"""), changed);
        Assert.False(changed.GetProperty("data").TryGetProperty("b", out _));
        Documents.AssertHolds(JsonElement.Parse("""{"status":"new","tags":[],"data":{"only":true}}"""), replaced);
        Assert.Equal("""{"only":true}""", whole.GetProperty("data").GetRawText());
        Assert.Equal("{}", cleared.GetProperty("data").GetRawText());
        Assert.Equal(id, (await socket.NextAsync("lead_created")).GetProperty("leadId").GetString());
        Assert.Equal("won", (await socket.NextAsync("lead_updated")).GetProperty("lead").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Delete_OfALead_RemovesAndTellsIt()
    {
        using var ana = Server.As(Guid.NewGuid());
        using var socket = await TestSocket.OpenReadyAsync(Server, ana.DefaultRequestHeaders.Authorization!.Parameter!);
        var id = (await AddAsync(ana, new { name = "Carla" })).GetProperty("id").GetString()!;

        var answer = await (await ana.DeleteAsync($"/api/leads/{id}", Ct)).JsonAsync();

        Assert.Equal("""{"success":true}""", answer.GetRawText());
        await (await ana.AskAsync($"/api/leads/{id}")).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        await (await ana.DeleteAsync($"/api/leads/{id}", Ct)).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        Assert.Equal(id, (await socket.UntilAsync("lead_deleted")).GetProperty("leadId").GetString());
    }

    [Fact]
    public async Task List_OfLeads_IsFilteredAndPaged()
    {
        using var ana = Server.As(Guid.NewGuid());
        var session = await SessionAsync(ana);
        await AddAsync(ana, new { name = "João", status = "won", tags = new[] { "hot" }, source = "fair" });
        await AddAsync(ana, new { name = "Maria", status = "lost", whatsapp_session_id = session, likes = "Ágata" });
        await AddAsync(ana, new { name = "Nina", status = "won", phone_number = "+5511912345678" });

        Assert.Equal(["Nina", "Maria", "João"], await NamesAsync(ana, ""));
        Assert.Equal(["Nina", "João"], await NamesAsync(ana, "status=won"));
        Assert.Equal(["João"], await NamesAsync(ana, "tag=hot&status=won&source=fair"));
        Assert.Equal(["Maria"], await NamesAsync(ana, $"session={session}"));
        Assert.Equal(["Maria"], await NamesAsync(ana, "q=%C3%A1gata"));
        Assert.Equal(["Nina"], await NamesAsync(ana, "q=91234"));
        Assert.Equal(["João"], await NamesAsync(ana, "q=JO%C3%83O"));

        var first = await (await ana.AskAsync("/api/leads?limit=2")).JsonAsync();
        var second = await (await ana.AskAsync($"/api/leads?limit=2&before={first.GetProperty("next").GetString()}")).JsonAsync();
        Assert.Equal((2, 1), (first.GetProperty("leads").GetArrayLength(), second.GetProperty("leads").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("before=x", "before")]
    [InlineData("tag=", "tag")]
    [InlineData("q=", "q")]
    public async Task List_WhenAParameterIsWrong_NamesIt(string query, string field)
    {
        using var ana = Server.As(Guid.NewGuid());

        var problem = await (await ana.AskAsync($"/api/leads?{query}")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");

        Assert.Contains($"'{field}'", problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> WrongBodies => new()
    {
        { """{"phone_number":"12"}""", "phone_number", "invalid_phone_number" },
        { """{"phone_number":"call me"}""", "phone_number", "invalid_phone_number" },
        { """{"email":"carla"}""", "email", "invalid_email" },
        { """{"email":"a b@example.org"}""", "email", "invalid_email" },
        { """{"company_id":"7"}""", "company_id", "invalid_input" },
        { """{"whatsapp_session_id":"7"}""", "whatsapp_session_id", "invalid_input" },
        { $$"""{"name":"{{new string('x', 201)}}"}""", "name", "invalid_input" },
        { $$"""{"status":"{{new string('x', 101)}}"}""", "status", "invalid_input" },
        { """{"tags":["a",""]}""", "tags", "invalid_input" },
        { """{"tags":[null]}""", "tags", "invalid_input" },
        { $$"""{"tags":["{{new string('x', 51)}}"]}""", "tags", "invalid_input" },
        { $$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 51).Select(i => $"\"{i}\""))}}]}""", "tags", "too_many_tags" },
        { """{"tags":"hot"}""", "tags", "invalid_input" },
        { """{"tags":["hot",7]}""", "tags[1]", "invalid_input" },
        { """{"name":7}""", "name", "invalid_input" },
        { """{"data":[]}""", "data", "invalid_input" },
        { $$$"""{"data":{"x":"{{{new string('x', 70_000)}}}"}}""", "data", "lead_data_too_large" },
        { $$"""{"x":"{{new string('x', 70_000)}}"}""", "data", "lead_data_too_large" },
        { $$"""{"x":{{new string('[', 16)}}{{new string(']', 16)}}}""", "data", "lead_data_too_complex" },
        { $$"""{"x":[{{string.Join(',', Enumerable.Range(0, 2001))}}]}""", "data", "lead_data_too_complex" },
        { $$$"""{"data":{"{{{new string('x', 101)}}}":1}}""", "data", "lead_data_too_complex" },
    };

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task Add_WhenAMemberIsWrong_NamesItAndStoresNothing(string body, string field, string code)
    {
        using var ana = Server.As(Guid.NewGuid());
        var id = (await AddAsync(ana, new { name = "Carla" })).GetProperty("id").GetString();

        var problem = await (await ana.PostTextAsync("/api/leads", body)).ProblemAsync(HttpStatusCode.BadRequest, code);
        var same = await (await ana.PatchAsync($"/api/leads/{id}", Json(body), Ct)).ProblemAsync(HttpStatusCode.BadRequest, code);

        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(problem.GetProperty("error").GetString(), same.GetProperty("error").GetString());
        Assert.Equal(["Carla"], await NamesAsync(ana, ""));
    }

    [Fact]
    public async Task Add_WhenSeveralMembersAreWrong_NamesEach()
    {
        using var ana = Server.As(Guid.NewGuid());

        var problem = await (await ana.PostAsync("/api/leads", new { email = "x", phone_number = "x" })).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");

        Assert.Equal(["email", "phone_number"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Fact]
    public async Task Change_WhenDataGrowsOverTime_EndsAtTheLimit()
    {
        using var ana = Server.As(Guid.NewGuid());
        var id = (await AddAsync(ana, new { a = new string('x', 40_000) })).GetProperty("id").GetString();

        await (await ana.PatchAsync($"/api/leads/{id}", JsonContent.Create(new { b = new string('x', 40_000) }), Ct))
            .ProblemAsync(HttpStatusCode.BadRequest, "lead_data_too_large");

        Assert.False((await GetAsync(ana, id!)).GetProperty("data").TryGetProperty("b", out _));
    }

    [Fact]
    public async Task Add_WhenALeadHasTheNumber_NamesThatLead()
    {
        using var ana = Server.As(Guid.NewGuid());
        using var bruno = Server.As(Guid.NewGuid());
        var id = (await AddAsync(ana, new { phone_number = "+55 11 98123-4567" })).GetProperty("id").GetString();
        var other = (await AddAsync(ana, new { phone_number = "+55 11 91234-0000" })).GetProperty("id").GetString();

        var problem = await (await ana.PostAsync("/api/leads", new { phone_number = "551181234567" })).ProblemAsync(HttpStatusCode.Conflict, "lead_exists");
        await (await ana.PatchAsync($"/api/leads/{other}", Json("""{"phone_number":"5511981234567"}"""), Ct)).ProblemAsync(HttpStatusCode.Conflict, "lead_exists");
        await AddAsync(bruno, new { phone_number = "+55 11 98123-4567" });

        Assert.Equal(id, problem.GetProperty("leadId").GetString());
    }

    [Fact]
    public async Task Leads_OfAnotherUser_AreNotThere()
    {
        using var ana = Server.As(Guid.NewGuid());
        using var bruno = Server.As(Guid.NewGuid());
        var session = await SessionAsync(ana);
        var id = (await AddAsync(ana, new { name = "Carla", whatsapp_session_id = session })).GetProperty("id").GetString();

        await (await bruno.AskAsync($"/api/leads/{id}")).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        await (await bruno.PatchAsync($"/api/leads/{id}", Json("""{"status":"x"}"""), Ct)).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        await (await bruno.DeleteAsync($"/api/leads/{id}", Ct)).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        await (await bruno.PostAsync("/api/leads", new { whatsapp_session_id = session })).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await bruno.AskAsync($"/api/leads?session={session}")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        Assert.Empty(await NamesAsync(bruno, ""));
        Assert.Equal("new", (await GetAsync(ana, id!)).GetProperty("status").GetString());
        await (await Server.Http.AskAsync("/api/leads")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Change_OfTheSessionsSetting_IsShownAndChecked()
    {
        using var ana = Server.As(Guid.NewGuid());
        var session = await SessionAsync(ana);

        var row = await (await ana.PatchAsync($"/api/sessions/{session}", Json("""{"settings":{"leads":"ad"}}"""), Ct)).JsonAsync();
        await (await ana.PatchAsync($"/api/sessions/{session}", Json("""{"settings":{"rejectCalls":true}}"""), Ct)).JsonAsync();
        await (await ana.PatchAsync($"/api/sessions/{session}", Json("""{"settings":{"leads":"maybe"}}"""), Ct)).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");

        Assert.Equal("ad", row.GetProperty("session").GetProperty("settings").GetProperty("leads").GetString());
        Assert.Equal("ad", (await (await ana.AskAsync($"/api/sessions/{session}")).JsonAsync()).GetProperty("session").GetProperty("settings").GetProperty("leads").GetString());
    }

    [Fact]
    public async Task Examples_OfTheDescription_AreTaken()
    {
        using var ana = Server.As(Guid.NewGuid());
        var paths = (await (await Server.Http.AskAsync("/openapi/v1.json")).JsonAsync()).GetProperty("paths");
        var lead = await AddAsync(ana, new { });

        foreach (var example in Examples("/api/leads", "post"))
            await AddAsync(ana, example);
        foreach (var example in Examples("/api/leads/{id}", "patch"))
            await PatchAsync(ana, lead.GetProperty("id").GetString()!, example.ToJsonString());

        Assert.Equal(3, (await NamesAsync(ana, "")).Count);

        List<JsonNode> Examples(string path, string method) =>
        [
            .. paths.EnumerateObject().Single(p => p.Name.TrimEnd('/') == path).Value.GetProperty(method).GetProperty("requestBody").GetProperty("content")
                .GetProperty("application/json").GetProperty("examples").EnumerateObject().Select(e => JsonNode.Parse(e.Value.GetProperty("value").GetRawText())!),
        ];
    }

    private static async Task<string> SessionAsync(HttpClient user) =>
        (await (await user.PostAsync("/api/sessions")).JsonAsync(HttpStatusCode.Created)).GetProperty("sessionId").GetString()!;

    private static async Task<JsonElement> AddAsync(HttpClient user, object body) =>
        (await (await user.PostAsync("/api/leads", body)).JsonAsync(HttpStatusCode.Created)).GetProperty("lead");

    private static async Task<JsonElement> PatchAsync(HttpClient user, string id, string body) =>
        (await (await user.PatchAsync($"/api/leads/{id}", Json(body), Ct)).JsonAsync()).GetProperty("lead");

    private static async Task<JsonElement> GetAsync(HttpClient user, string id) => (await (await user.AskAsync($"/api/leads/{id}")).JsonAsync()).GetProperty("lead");

    private static async Task<List<string?>> NamesAsync(HttpClient user, string query) =>
        [.. (await (await user.AskAsync($"/api/leads?{query}")).JsonAsync()).GetProperty("leads").EnumerateArray().Select(lead => lead.GetProperty("name").GetString())];

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
