using System.Net;
using System.Text.Json.Nodes;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Limits;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Api_WhenTheLimitIsUsedUp_Answers429AndSaysWhenToReturn()
    {
        await using var server = await TestServer.StartAsync(s => s with { RateLimitMax = 2 });

        var first = await server.Http.AskAsync("/api/health");
        await server.Http.AskAsync("/api/sessions"); // refused for want of a token, and counted
        var third = await server.Http.AskAsync("/api/health");

        Assert.Equal(("2", "1"), (Header(first, "RateLimit-Limit"), Header(first, "RateLimit-Remaining")));
        await third.ProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.Equal("0", Header(third, "RateLimit-Remaining"));
        Assert.InRange(int.Parse(Header(third, "Retry-After")), 1, 900);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.AskAsync("/health/live")).StatusCode);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.TooManyRequests)]
    [InlineData(true, HttpStatusCode.OK)]
    public async Task Api_WhenAProxyNamesTheClient_CountsTheClientOnlyIfTheProxyIsTrusted(bool trusted, HttpStatusCode second)
    {
        await using var server = await TestServer.StartAsync(s => s with
        {
            RateLimitMax = 1,
            TrustedProxies = trusted ? [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8")] : [],
        });

        await AskForAsync(server, "203.0.113.1");
        var answer = await AskForAsync(server, "203.0.113.2");

        Assert.Equal(second, answer.StatusCode);
    }

    [Fact]
    public async Task Api_WhenTheClientForgesTheHeader_CountsTheAddressThatTheProxySaw()
    {
        await using var server = await TestServer.StartAsync(s => s with { RateLimitMax = 1, TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });

        await AskForAsync(server, "198.51.100.1, 203.0.113.1");
        var answer = await AskForAsync(server, "198.51.100.2, 203.0.113.1");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Fact]
    public async Task Api_WhenAUserComesFromManyAddresses_CountsTheUser()
    {
        await using var server = await TestServer.StartAsync(
            s => TestServer.WithUsers(s) with { UserRateLimitMax = 2, TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        using var ana = server.As(Guid.NewGuid());
        using var bruno = server.As(Guid.NewGuid());

        var first = await AskForAsync(ana, "203.0.113.1");
        await AskForAsync(ana, "203.0.113.2");
        var third = await AskForAsync(ana, "203.0.113.3");
        var other = await AskForAsync(bruno, "203.0.113.3");

        Assert.Equal(("2", "1"), (Header(first, "RateLimit-Limit"), Header(first, "RateLimit-Remaining")));
        await third.ProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
        Assert.Equal(("2", "0"), (Header(third, "RateLimit-Limit"), Header(third, "RateLimit-Remaining")));
        Assert.InRange(int.Parse(Header(third, "Retry-After"), null), 1, 900);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task WebSocket_WhenAUserCommandsTooMuch_SaysWhenToReturnAndStaysOpen()
    {
        await using var server = await TestServer.StartAsync(s => s with { SocketRateLimitMax = 2, RateLimitMax = 1 });
        using var socket = await TestSocket.OpenReadyAsync(server, TestServer.LocalToken);
        using var other = await TestSocket.OpenReadyAsync(server, TestServer.LocalToken);
        var command = new JsonObject { ["type"] = "disconnect_session", ["sessionId"] = Guid.NewGuid().ToString(), ["requestId"] = "r" };

        await socket.AskAsync(command, "error");
        await other.AskAsync(command, "error");
        var refused = await socket.AskAsync(command, "error");

        Assert.Equal(("too_many_requests", "r"), (refused.GetProperty("code").GetString(), refused.GetProperty("requestId").GetString()));
        Assert.InRange(refused.GetProperty("retryAfter").GetInt32(), 1, 900);
        await socket.PingAsync();
    }

    private static Task<HttpResponseMessage> AskForAsync(HttpClient http, string forwardedFor) => http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/sessions") { Headers = { { "X-Forwarded-For", forwardedFor } } },
        TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> AskForAsync(TestServer server, string forwardedFor) => server.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/health") { Headers = { { "X-Forwarded-For", forwardedFor } } },
        TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
