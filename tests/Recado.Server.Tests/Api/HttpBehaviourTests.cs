using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Hosting;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Api;

/// <summary>What holds for every address.</summary>
public sealed class HttpBehaviourTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static readonly string[] Open =
    [
        "/", "/ws", "/api/health", "/health/live", "/health/ready", "/openapi/{documentName}.json",
        "/docs/{documentName?}", "/docs/favicon.svg", "/docs/scalar.aspnetcore.js", "/docs/scalar.js",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public void Endpoints_WhenListed_AreOpenToEveryoneOnlyWhereNamedHere()
    {
        Assert.Equal(Open.Order(), Anonymous(Server).Order());
    }

    [Fact]
    public async Task Endpoints_WhenSimulating_OpenTheSimulatedServiceAndNotItsControls()
    {
        await using var server = await TestServer.StartAsync(TestServer.Simulating);

        var document = await (await server.Http.AskAsync("/openapi/v1.json")).JsonAsync();

        Assert.Equal([.. Open.Append("/ws/chat").Order()], Anonymous(server).Order());
        Assert.True(document.GetProperty("paths").TryGetProperty("/simulator/accounts/{phone}/scan", out _));
        await (await server.Http.AskAsync("/simulator/info")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("/ws/chat")]
    [InlineData("/ws/chat/")]
    [InlineData("/WS/Chat")]
    public async Task SimulatedService_WhenTheCallerIsOnAnotherMachine_IsNotThere(string path)
    {
        await using var server = await TestServer.StartAsync(
            settings => TestServer.Simulating(settings) with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        using var fromElsewhere = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-For", "203.0.113.5" } } };

        await (await server.Http.SendAsync(fromElsewhere, Ct)).ProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.NotEqual(HttpStatusCode.NotFound, (await server.Http.AskAsync(path)).StatusCode);
    }

    [Fact]
    public void Start_WhenTheSimulatorsStateIsDamaged_SaysSoInOneLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "simulator.json"), "{");
        var settings = new RecadoSettings { Port = 0, DataFolder = folder.Path, LocalToken = TestServer.LocalToken, Simulate = true };

        var refusal = Assert.Throws<StartException>(() => RecadoHost.Build(settings));

        Assert.Contains("simulator.json", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/api/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "/api/sessions/not-a-uuid", HttpStatusCode.NotFound, "not_found")]
    [InlineData("PUT", "/api/health", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/ws", HttpStatusCode.UpgradeRequired, "websocket_expected")]
    public async Task Request_WhenNothingIsServedThere_AnswersWithAProblem(string method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Accept", "text/html" } } };

        await (await Server.Http.SendAsync(request, Ct)).ProblemAsync(status, code);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("nonsense", "invalid_json")]
    [InlineData("""{"name":7}""", "invalid_input")]
    [InlineData("""{"name":"a","name":"b"}""", "invalid_input")]
    public async Task Request_WhenTheBodyIsMalformed_Answers400(string body, string code)
    {
        using var ana = Server.As(Guid.NewGuid());

        await (await ana.PostTextAsync("/api/sessions", body)).ProblemAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Request_WhenTheBodyIsNestedDeeply_Answers400()
    {
        using var ana = Server.As(Guid.NewGuid());

        await (await ana.PostTextAsync("/api/sessions", "{\"x\":" + new string('[', 10_000))).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");
    }

    [Fact]
    public async Task Request_WhenTheBodyIsTooLarge_Answers413()
    {
        using var ana = Server.As(Guid.NewGuid());

        await (await ana.PostTextAsync("/api/sessions", $$"""{"name":"{{new string('x', 1024 * 1024)}}"}"""))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task Request_WhenTheBodyIsNotJson_Answers415()
    {
        using var ana = Server.As(Guid.NewGuid());

        await (await ana.PostTextAsync("/api/sessions", "name=x", "application/x-www-form-urlencoded"))
            .ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/console.js")]
    [InlineData("/api/health")]
    [InlineData("/api/sessions")]
    [InlineData("/nowhere")]
    public async Task Answer_WhenSent_HasTheSecurityHeaders(string path)
    {
        var response = await Server.Http.AskAsync(path);

        Assert.Contains("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://evil.example", false)]
    public async Task Preflight_WhenTheOriginIsTheFrontEnd_IsAllowed(string origin, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/sessions")
        {
            Headers =
            {
                { "Origin", origin }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,content-type" },
            },
        };

        var response = await Server.Http.SendAsync(request, Ct);

        Assert.Equal(allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) && origins.Single() == origin);
    }

    [Fact]
    public async Task Health_WhenAsked_SaysWhatTheOriginalSaid()
    {
        var health = await (await Server.Http.AskAsync("/api/health")).JsonAsync();

        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.EndsWith("Z", health.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, health.GetProperty("activeSessions").GetInt32());
        await (await Server.Http.AskAsync("/health/live")).JsonAsync();
        await (await Server.Http.AskAsync("/health/ready")).JsonAsync();
    }

    [Fact]
    public async Task Description_WhenAsked_HasEveryRouteOfTheApi()
    {
        var document = await (await Server.Http.AskAsync("/openapi/v1.json")).JsonAsync();

        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        string[] expected = ["/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/status", "/api/sessions/{id}/qr", "/api/sessions/{id}/messages", "/api/health"];
        Assert.Superset(expected.ToHashSet(StringComparer.Ordinal), paths);
        Assert.True(document.GetProperty("paths").GetProperty("/api/sessions/{id}").GetProperty("get").TryGetProperty("security", out _));
    }

    private static IEnumerable<string> Anonymous(TestServer server) =>
        server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is null || e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => $"/{e.RoutePattern.RawText!.Trim('/')}");
}
