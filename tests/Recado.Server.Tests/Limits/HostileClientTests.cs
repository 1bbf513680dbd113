using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Realtime;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Limits;

/// <summary>Clients that send too much, too slowly, or nothing at all.</summary>
public sealed class HostileClientTests
{
    private const string Upgrade =
        "GET /ws?token=" + TestServer.LocalToken + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WhenItsHeadersNeverEnd_IsAnswered408AndClosed()
    {
        await using var server = await StartAsync(limits => limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(100));
        using var client = await RawClient.ConnectAsync(server);

        await client.SendAsync("GET /api/health HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WhenItsBodyTrickles_IsAnswered408AndClosed()
    {
        await using var server = await StartAsync(limits => limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.1)));
        using var client = await RawClient.ConnectAsync(server);

        await client.SendAsync(
            $"POST /api/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestServer.LocalToken}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
        var answer = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"request_timeout\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WhenItHasAKeyAndItsBodyTrickles_LeavesTheKeyFree()
    {
        await using var server = await StartAsync(limits => limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.1)));
        using var client = await RawClient.ConnectAsync(server);
        using var http = server.WithToken(TestServer.LocalToken);

        await client.SendAsync(
            $"POST /api/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestServer.LocalToken}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
        await client.ReadToEndAsync();

        var again = new HttpRequestMessage(HttpMethod.Post, "/api/sessions") { Headers = { { "Idempotency-Key", "k" } } };
        await (await http.SendAsync(again, Ct)).JsonAsync(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(8 * 1024)]
    [InlineData(1024 * 1024)]
    public async Task Request_WhenItsAddressIsTooLong_Answers414(int length)
    {
        await using var server = await StartAsync();

        var answer = await server.Http.AskAsync($"/api/health?{new string('x', length)}");

        Assert.Equal(HttpStatusCode.RequestUriTooLong, answer.StatusCode);
    }

    [Theory]
    [InlineData(101, 1)]
    [InlineData(1, 33 * 1024)]
    [InlineData(40, 1024)]
    public async Task Request_WhenItsHeadersAreTooManyOrTooLong_Answers431(int count, int length)
    {
        await using var server = await StartAsync();
        using var client = await RawClient.ConnectAsync(server);

        await client.SendAsync(
            $"GET /api/health HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('x', length)}\r\n"))}\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_WhenThereAreTooMany_IsClosed()
    {
        await using var server = await StartAsync(limits => limits.MaxConcurrentConnections = 1);
        using var first = await RawClient.ConnectAsync(server);
        await first.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        await first.ReadUntilAsync("\r\n0\r\n\r\n"); // the end of a chunked body
        using var second = await RawClient.ConnectAsync(server);

        Assert.Equal("", await second.ReadToEndAsync());
    }

    [Fact]
    public async Task WebSocket_WhenTheClientAnswersNoPing_IsCut()
    {
        await using var server = await TestServer.StartAsync(configure: builder => builder.Services.AddSingleton(
            new RealtimeOptions { PingInterval = TimeSpan.FromMilliseconds(50), PingTimeout = TimeSpan.FromMilliseconds(50) }));
        using var client = await RawClient.ConnectAsync(server);

        await client.SendAsync(Upgrade);

        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadToEndAsync(), StringComparison.Ordinal); // and it ends
    }

    [Fact]
    public async Task WebSocket_WhenThereAreTooManyInAll_IsClosedWith1013()
    {
        await using var server = await TestServer.StartAsync(
            TestServer.WithUsers, configure: builder => builder.Services.AddSingleton(new RealtimeOptions { MaxSockets = 1 }));
        using var first = await TestSocket.OpenReadyAsync(server, server.TokenOf(Guid.NewGuid()));
        using var second = await TestSocket.OpenAsync(server, server.TokenOf(Guid.NewGuid()));

        Assert.Equal(1013, await second.CloseCodeAsync());
        await first.PingAsync();
    }

    private static Task<TestServer> StartAsync(Action<KestrelServerLimits>? change = null) =>
        TestServer.StartAsync(configure: builder => builder.WebHost.ConfigureKestrel(kestrel => change?.Invoke(kestrel.Limits)));
}
