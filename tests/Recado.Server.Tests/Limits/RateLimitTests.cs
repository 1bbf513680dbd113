using System.Net;
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

    private static Task<HttpResponseMessage> AskForAsync(TestServer server, string forwardedFor) => server.Http.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/health") { Headers = { { "X-Forwarded-For", forwardedFor } } },
        TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
