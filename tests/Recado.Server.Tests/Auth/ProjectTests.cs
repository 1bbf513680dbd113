using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Auth;

/// <summary>The whole server before a project that rotates its keys, goes down and comes back. The clock is ours.</summary>
public sealed class ProjectTests : IAsyncLifetime
{
    private const int PolicyViolation = 1008, TryAgainLater = 1013;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-01-31T12:00:00Z"));
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256), _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Guid _user = Guid.NewGuid();
    private FakeGoTrue _project = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _project = await FakeGoTrue.StartAsync();
        _project.Publish("key-1", _key);
        _server = await TestServer.StartAsync(
            settings => settings with { LocalToken = null, SupabaseUrl = _project.Url, SupabaseServiceKey = "service-key" }, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _project.DisposeAsync();
        _key.Dispose();
        _next.Dispose();
    }

    [Fact]
    public async Task Request_WhileTheProjectIsDown_IsServedUnderAKnownKeyAnd503UnderAnother()
    {
        using var known = _server.WithToken(Token().SignEs256("key-1", _key));
        using var other = _server.WithToken(Token().SignEs256("key-2", _next));
        await (await known.AskAsync("/api/sessions")).JsonAsync();
        _project.IsDown = true;
        _clock.Advance(TimeSpan.FromMinutes(20));

        await (await known.AskAsync("/api/sessions")).JsonAsync();
        await (await other.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.ServiceUnavailable, "auth_unavailable");

        _project.IsDown = false;
        _project.Publish("key-2", _next);
        _clock.Advance(TimeSpan.FromSeconds(11));
        await (await other.AskAsync("/api/sessions")).JsonAsync();
    }

    [Fact]
    public async Task Request_WhenTheProjectWasNeverReached_Answers503AndTheSocketClosesWith1013()
    {
        var asymmetric = Token().SignEs256("key-1", _key);
        var shared = Token().SignHs256("a-project-secret-of-at-least-32-characters");
        _project.KnownTokens[shared] = _user;
        _project.IsDown = true;

        foreach (var token in (string[])[asymmetric, shared])
        {
            using var http = _server.WithToken(token);
            using var socket = await TestSocket.OpenAsync(_server, token);
            await (await http.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.ServiceUnavailable, "auth_unavailable");
            Assert.Equal(TryAgainLater, await socket.CloseCodeAsync());
        }
    }

    [Fact]
    public async Task Request_WhenTheProjectSignsWithASecret_AsksItWhoseTokenItIs()
    {
        var token = Token().SignHs256("a-project-secret-of-at-least-32-characters");
        using var http = _server.WithToken(token);
        await (await http.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        _project.KnownTokens[token] = _user;
        _clock.Advance(TimeSpan.FromSeconds(61));

        await (await http.AskAsync("/api/sessions")).JsonAsync();
        await (await http.AskAsync("/api/sessions")).JsonAsync();

        Assert.Equal(2, _project.UserRequests);
    }

    [Fact]
    public async Task Authenticate_WhenTheProjectIsDown_LeavesTheSocketOpenUntilItsTokenEnds()
    {
        using var socket = await TestSocket.OpenReadyAsync(_server, Token().SignEs256("key-1", _key));
        _project.IsDown = true;
        _clock.Advance(TimeSpan.FromSeconds(11));

        var refused = await AuthenticateAsync(socket, Token().SignEs256("key-2", _next), "error");
        _project.IsDown = false;
        _project.Publish("key-2", _next);
        _clock.Advance(TimeSpan.FromSeconds(11));
        var renewed = await AuthenticateAsync(socket, Token(hours: 3).SignEs256("key-2", _next), "authenticated");
        _clock.Advance(TimeSpan.FromHours(2));
        await socket.PingAsync();
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("auth_unavailable", refused.GetProperty("code").GetString());
        Assert.Equal("2026-01-31T15:00:22.000Z", renewed.GetProperty("expiresAt").GetString());
        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    private TestToken Token(int hours = 1) => TestToken.For(_user, _project.Issuer, _clock.GetUtcNow().AddHours(hours));

    private static Task<System.Text.Json.JsonElement> AuthenticateAsync(TestSocket socket, string token, string answer) =>
        socket.AskAsync(new JsonObject { ["type"] = "authenticate", ["token"] = token }, answer);
}
