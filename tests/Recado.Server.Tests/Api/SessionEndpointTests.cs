using System.Net;

namespace Recado.Server.Tests.Api;

public sealed class SessionEndpointTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Create_WhenTheBodyIsEmpty_AnswersWithTheRow()
    {
        using var ana = Server.As(Guid.NewGuid());

        var response = await ana.PostAsync("/api/sessions");
        var created = await response.JsonAsync(HttpStatusCode.Created);
        var listed = await (await ana.AskAsync("/api/sessions")).JsonAsync();
        var row = Assert.Single(listed.GetProperty("sessions").EnumerateArray());

        Assert.Equal(created.GetProperty("sessionId").GetGuid(), row.GetProperty("id").GetGuid());
        Assert.Equal("connecting", created.GetProperty("session").GetProperty("status").GetString());
        Assert.False(string.IsNullOrEmpty(created.GetProperty("message").GetString()));
        Assert.False(row.TryGetProperty("session_data", out _));
        Assert.Equal($"/api/sessions/{row.GetProperty("id").GetGuid()}", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Get_WhenTheSessionIsOnesOwn_AnswersWithTheRow()
    {
        using var ana = Server.As(Guid.NewGuid());
        var id = await CreateAsync(ana, new { name = "  Sales " });

        var row = (await (await ana.AskAsync($"/api/sessions/{id}")).JsonAsync()).GetProperty("session");
        var status = await (await ana.AskAsync($"/api/sessions/{id}/status")).JsonAsync();

        Assert.Equal("Sales", row.GetProperty("name").GetString());
        string[] members = ["status", "phoneNumber", "qr", "code", "expiresAt", "pairingCode", "reason"];
        Assert.All(members, m => Assert.True(status.TryGetProperty(m, out _), m));
    }

    [Fact]
    public async Task Delete_WhenTheSessionIsOnesOwn_KeepsTheRowUnlessPurged()
    {
        using var ana = Server.As(Guid.NewGuid());
        var id = await CreateAsync(ana);

        var deleted = await (await ana.DeleteAsync($"/api/sessions/{id}", Ct)).JsonAsync();
        var status = await (await ana.AskAsync($"/api/sessions/{id}/status")).JsonAsync();
        var purged = await (await ana.DeleteAsync($"/api/sessions/{id}?purge=true", Ct)).JsonAsync();

        Assert.Equal("""{"success":true}""", deleted.GetRawText());
        Assert.Equal("disconnected", status.GetProperty("status").GetString());
        Assert.True(purged.GetProperty("success").GetBoolean());
        await (await ana.AskAsync($"/api/sessions/{id}")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
    }

    public static TheoryData<string, string, string?> SessionRoutes => new()
    {
        { "GET", "", null },
        { "GET", "/status", null },
        { "GET", "/qr", null },
        { "DELETE", "", null },
        { "DELETE", "?purge=true", null },
        { "POST", "/connect", null },
        { "POST", "/logout", null },
        { "GET", "/messages", null },
        { "POST", "/messages", """{"to":"+44 20 7946 0958","message":"hello"}""" },
    };

    [Theory]
    [MemberData(nameof(SessionRoutes))]
    public async Task AnyRoute_WhenTheSessionIsAnotherUsers_AnswersAsIfItWereAbsent(string method, string path, string? body)
    {
        var id = (await Server.OwnSessionAsync(Guid.NewGuid(), Ct)).Row.Id;
        using var mallory = Server.As(Guid.NewGuid());

        var foreign = await SendAsync(mallory, method, $"/api/sessions/{id}{path}", body);
        var absent = await SendAsync(mallory, method, $"/api/sessions/{Guid.NewGuid()}{path}", body);

        var answer = await foreign.ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        Assert.Equal((await absent.ProblemAsync(HttpStatusCode.NotFound, "session_not_found")).GetRawText(), answer.GetRawText());
    }

    [Theory]
    [MemberData(nameof(SessionRoutes))]
    public async Task AnyRoute_WhenNobodyIsSignedIn_Answers401(string method, string path, string? body)
    {
        var id = (await Server.OwnSessionAsync(Guid.NewGuid(), Ct)).Row.Id;

        var response = await SendAsync(Server.Http, method, $"/api/sessions/{id}{path}", body);

        await response.ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task List_WhenTheTokenIsInTheAddress_Answers401()
    {
        // Only WebSockets, which cannot carry headers in a browser, take it there.
        await (await Server.Http.AskAsync($"/api/sessions?token={Server.TokenOf(Guid.NewGuid())}"))
            .ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Create_WhenTheLimitIsReached_Answers409()
    {
        var user = Guid.NewGuid();
        for (var i = 0; i < 5; i++)
            await Server.OwnSessionAsync(user, Ct);
        using var ana = Server.As(user);

        var problem = await (await ana.PostAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Conflict, "session_limit_reached");

        Assert.Contains("WHATSAPP_MAX_SESSIONS_PER_USER", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WhenPairingByCodeIsAsked_SaysThatItIsNotAvailable()
    {
        using var ana = Server.As(Guid.NewGuid());

        var problem = await (await ana.PostAsync("/api/sessions", new { phoneNumber = "+5511900000001" }))
            .ProblemAsync(HttpStatusCode.BadRequest, "pairing_code_not_available");

        Assert.True(problem.GetProperty("errors").TryGetProperty("phoneNumber", out _));
        Assert.Empty((await (await ana.AskAsync("/api/sessions")).JsonAsync()).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task Qr_WhenNoneWaits_Answers409()
    {
        using var ana = Server.As(Guid.NewGuid());
        var id = await CreateAsync(ana);
        await ana.DeleteAsync($"/api/sessions/{id}", Ct);

        await (await ana.AskAsync($"/api/sessions/{id}/qr")).ProblemAsync(HttpStatusCode.Conflict, "no_qr_code");
    }

    private static async Task<Guid> CreateAsync(HttpClient user, object? body = null) =>
        (await (await user.PostAsync("/api/sessions", body)).JsonAsync(HttpStatusCode.Created)).GetProperty("sessionId").GetGuid();

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string? body) => http.SendAsync(
        new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        },
        Ct);
}
