using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Features.Realtime;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Realtime;

/// <summary>How a WebSocket ends: by its token, by its own slowness, by the server's end. The clock is ours.</summary>
public sealed class WebSocketLifeTests : IAsyncLifetime
{
    private const int GoingAway = 1001, PolicyViolation = 1008, TryAgainLater = 1013;
    private const int SlowId = 4074;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-01-31T12:00:00Z"));
    private readonly CapturedLog _log = new();
    private readonly Guid _user = Guid.NewGuid();
    private TestServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(TestServer.WithUsers, _clock, builder =>
    {
        // As open as an operator can make it.
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.Trace).AddFilter("Microsoft.AspNetCore", LogLevel.Trace).AddProvider(_log);
        builder.Services.AddSingleton(new RealtimeOptions { MaxSocketsPerUser = 3 });
    });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Token_WhenItExpires_IsAnnouncedAndThenClosesWith1008()
    {
        using var socket = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user, TimeSpan.FromMinutes(5)));
        await socket.PingAsync(); // its sending loop waits now

        _clock.Advance(TimeSpan.FromMinutes(4));
        var notice = await socket.NextAsync("token_expiring");
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("2026-01-31T12:05:00.000Z", notice.GetProperty("expiresAt").GetString());
        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Authenticate_WhenTheTokenIsRenewed_KeepsTheSocketOpen()
    {
        using var socket = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user, TimeSpan.FromMinutes(5)));

        var answer = await socket.AskAsync(
            new JsonObject { ["type"] = "authenticate", ["token"] = _server.TokenOf(_user, TimeSpan.FromMinutes(30)), ["requestId"] = "a" }, "authenticated");
        _clock.Advance(TimeSpan.FromMinutes(10));
        await socket.PingAsync();

        Assert.Equal("a", answer.GetProperty("requestId").GetString());
        Assert.Equal("2026-01-31T12:30:00.000Z", answer.GetProperty("expiresAt").GetString());
    }

    [Fact]
    public async Task Authenticate_WhenTheTokenIsAnotherUsers_ChangesNothing()
    {
        using var socket = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user, TimeSpan.FromMinutes(5)));

        var error = await socket.AskAsync(new JsonObject { ["type"] = "authenticate", ["token"] = _server.TokenOf(Guid.NewGuid()) }, "error");
        await socket.PingAsync();
        _clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("unauthorized", error.GetProperty("code").GetString());
        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Reader_WhenItIsTooSlow_IsClosedWith1013AndResumesWhileOthersAreNotDelayed()
    {
        const int Count = 500;
        var session = await _server.OwnSessionAsync(_user, Ct);
        using var slow = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user));
        using var fast = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user));
        var text = new string('x', 64 * 1024); // more in all than the buffers between two sockets hold

        for (var i = 0; i < Count; i++)
        {
            await _server.WriteAsync(session, Ct, new JournalEntry.Event("test", $$"""{"n":{{i}},"text":"{{text}}"}"""));
            Assert.Equal(i, (await fast.NextAsync("test")).GetProperty("n").GetInt32());
        }

        for (var seconds = 0; !_log.Entries.Any(e => e.Id.Id == SlowId); seconds++)
        {
            Assert.True(seconds < 60, "The slow reader was never noticed.");
            _clock.Advance(TimeSpan.FromSeconds(1));
            await fast.PingAsync();
        }

        long last = 0;
        var received = 0;
        while (await slow.NextAsync() is { } frame)
        {
            Assert.Equal(received++, frame.GetProperty("n").GetInt32());
            last = frame.GetProperty("eventId").GetInt64();
        }

        Assert.Equal(TryAgainLater, slow.CloseCode);
        Assert.InRange(received, 1, Count - 1);

        using var again = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user));
        await again.AskAsync(new JsonObject { ["type"] = "subscribe", ["since"] = last }, "subscribed");
        for (; received < Count; received++)
            Assert.Equal(received, (await again.NextAsync("test")).GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task Open_WhenTheUserHoldsTooManySockets_IsClosedWith1013UntilOneEnds()
    {
        var sockets = new List<TestSocket>();
        for (var i = 0; i < 3; i++)
            sockets.Add(await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user)));

        using var fourth = await TestSocket.OpenAsync(_server, _server.TokenOf(_user));
        using var other = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(Guid.NewGuid()));

        Assert.Equal(TryAgainLater, await fourth.CloseCodeAsync());
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Server_WhenItStops_ClosesItsSocketsWith1001()
    {
        using var socket = await TestSocket.OpenReadyAsync(_server, _server.TokenOf(_user));
        await socket.PingAsync();

        var stopping = _server.StopAsync();

        Assert.Equal(GoingAway, await socket.CloseCodeAsync());
        await stopping;
    }

    [Fact]
    public async Task Token_WhenUsedInEveryWay_NeverReachesTheLog()
    {
        var token = _server.TokenOf(_user);
        using var http = _server.WithToken(token);
        await http.GetAsync("/api/sessions", Ct);
        await http.GetAsync($"/api/nowhere?token={token}", Ct);
        using (var socket = await TestSocket.OpenReadyAsync(_server, token))
            await socket.AskAsync(new JsonObject { ["type"] = "authenticate", ["token"] = token }, "authenticated");
        using (var refused = await TestSocket.OpenAsync(_server, token + "x"))
            await refused.CloseCodeAsync();

        var signature = token[(token.LastIndexOf('.') + 1)..];
        var leaks = _log.Entries.Where(e => e.Text.Contains(signature, StringComparison.Ordinal)).Select(e => e.Text[..Math.Min(200, e.Text.Length)]);

        Assert.Empty(leaks);
        Assert.NotEmpty(_log.Entries);
    }
}
