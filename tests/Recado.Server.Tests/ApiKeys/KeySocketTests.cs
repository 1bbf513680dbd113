using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Realtime;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.ApiKeys;

/// <summary>What a key may do over the WebSocket, and how it ends.</summary>
public sealed class KeySocketTests : IAsyncLifetime
{
    private const int PolicyViolation = 1008;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-01-31T12:00:00Z"));
    private readonly Guid _user = Guid.NewGuid();
    private TestServer _server = null!;
    private HttpClient _ana = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestServer.WithUsers, _clock);
        _ana = _server.As(_user);
    }

    public async ValueTask DisposeAsync()
    {
        _ana.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_WithTheKeyInHeaderOrAddress_HearsEvents(bool isInHeader)
    {
        var session = await _server.OwnSessionAsync(_user, Ct);
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var socket = isInHeader ? await _server.OpenWithKeyAsync(secret) : await TestSocket.OpenAsync(_server, token: null, path: $"/ws?api_key={secret}");

        var rows = await socket.NextAsync("sessions_update");
        await _server.WriteAsync(session, Ct, new JournalEntry.Event("test", "{}"));

        Assert.Equal([session.Row.Id], KeyClients.IdsOf(rows.GetProperty("data")));
        await socket.NextAsync("test");
    }

    [Fact]
    public async Task Open_WhenTheKeyIsUnknownOrNotAlone_IsClosedWith1008()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var unknown = await _server.OpenWithKeyAsync(secret[..^1] + (secret[^1] == '0' ? '1' : '0'));
        using var both = await TestSocket.OpenAsync(_server, _server.TokenOf(_user), configure: options => options.SetRequestHeader("X-Api-Key", secret));
        using var asToken = await TestSocket.OpenAsync(_server, secret);

        Assert.Equal(PolicyViolation, await unknown.CloseCodeAsync());
        Assert.Equal(PolicyViolation, await both.CloseCodeAsync());
        Assert.Equal(PolicyViolation, await asToken.CloseCodeAsync());
    }

    [Fact]
    public async Task Revoke_WhenTheKeyHasSocketsOpen_ClosesThemWith1008AndNoOthers()
    {
        var (id, secret) = await _ana.CreateKeyAsync(["read"]);
        var (_, otherSecret) = await _ana.CreateKeyAsync(["read"]);
        using var first = await _server.OpenWithKeyAsync(secret);
        using var second = await _server.OpenWithKeyAsync(secret);
        using var others = await _server.OpenWithKeyAsync(otherSecret);
        await first.PingAsync();
        await second.PingAsync();
        await others.PingAsync();

        await (await _ana.DeleteAsync($"/api/keys/{id}", Ct)).JsonAsync();

        Assert.Equal(PolicyViolation, await first.CloseCodeAsync());
        Assert.Equal(PolicyViolation, await second.CloseCodeAsync());
        await others.PingAsync();
    }

    [Fact]
    public async Task Revoke_WhenAnotherProcessDoesIt_ClosesTheSocketsWithinAMinute()
    {
        var (id, secret) = await _ana.CreateKeyAsync(["read"]);
        using var socket = await _server.OpenWithKeyAsync(secret);
        await socket.PingAsync();

        await _server.RemoveKeyAsync(_user, id);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Key_WhenItExpires_IsAnnouncedAndThenClosesWith1008()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"], expiresAt: _clock.GetUtcNow().AddMinutes(5));
        using var socket = await _server.OpenWithKeyAsync(secret);
        await socket.PingAsync();

        _clock.Advance(TimeSpan.FromMinutes(4));
        await socket.UntilAsync("token_expiring");
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Authenticate_WhenTheSocketWasOpenedWithAKey_IsRefused()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var socket = await _server.OpenWithKeyAsync(secret);

        var error = await socket.AskAsync(new JsonObject { ["type"] = "authenticate", ["token"] = _server.TokenOf(_user) }, "error");
        var create = await socket.AskAsync(new JsonObject { ["type"] = "create_session" }, "error");

        Assert.Equal("forbidden_for_api_keys", error.GetProperty("code").GetString());
        Assert.Equal("missing_scope", create.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Events_WhenTheKeyIsLimited_AreThoseOfItsSessionsOnly()
    {
        var (own, other) = (await _server.OwnSessionAsync(_user, Ct), await _server.OwnSessionAsync(_user, Ct));
        var (_, secret) = await _ana.CreateKeyAsync(["read"], [own.Row.Id]);
        await _server.WriteAsync(other, Ct, new JournalEntry.Event("past", "{}"));
        using var socket = await _server.OpenWithKeyAsync(secret);
        var rows = await socket.NextAsync("sessions_update");
        await socket.AskAsync(new JsonObject { ["type"] = "subscribe", ["since"] = 0 }, "subscribed");

        await _server.WriteAsync(other, Ct, new JournalEntry.Event("hidden", "{}"));
        await _server.WriteAsync(own, Ct, new JournalEntry.Event("lead_updated", $$"""{"sessionId":"{{other.Row.Id}}"}"""));
        await _server.WriteAsync(own, Ct, new JournalEntry.Event("lead_updated", """{"sessionId":null}"""));
        await _server.WriteAsync(own, Ct, new JournalEntry.Event("shown", "{}"));
        using var lead = await _ana.PostAsync("/api/leads", new { name = "Carla", whatsapp_session_id = own.Row.Id });

        Assert.Equal([own.Row.Id], KeyClients.IdsOf(rows.GetProperty("data")));
        await socket.NextAsync("shown");
        await socket.NextAsync("lead_created");
    }

    [Fact]
    public async Task Events_WhenTheKeyMayNotRead_AreNotSent()
    {
        var session = await _server.OwnSessionAsync(_user, Ct);
        using var socket = await _server.OpenWithKeyAsync((await _ana.CreateKeyAsync(["send", "manage"])).Secret);
        var rows = await socket.NextAsync("sessions_update");

        await _server.WriteAsync(session, Ct, new JournalEntry.Event("test", "{}"));
        await socket.SendAsync(new JsonObject { ["type"] = "subscribe", ["since"] = 0 });
        var refused = await socket.NextAsync("error");
        await socket.SendAsync(new JsonObject { ["type"] = "ping" });

        Assert.Empty(rows.GetProperty("data").EnumerateArray());
        Assert.Equal(("missing_scope", "read"), (refused.GetProperty("code").GetString(), ScopeOf(refused)));
        await socket.NextAsync("pong");
    }

    [Theory]
    [InlineData("send_message", "send")]
    [InlineData("typing", "send")]
    [InlineData("presence", "send")]
    [InlineData("disconnect_session", "manage")]
    [InlineData("create_session", "manage")]
    [InlineData("subscribe", "read")]
    public async Task Command_WithoutItsScope_IsRefusedAndWithItIsNot(string type, string scope)
    {
        var session = (await _server.OwnSessionAsync(_user, Ct)).Row.Id;
        var command = new JsonObject { ["type"] = type, ["sessionId"] = session.ToString(), ["since"] = -1, ["name"] = new string('x', 200), ["to"] = "x", ["message"] = "a" };
        using var without = await _server.OpenWithKeyAsync((await _ana.CreateKeyAsync([.. ((string[])["read", "send", "manage"]).Where(s => s != scope)])).Secret);
        using var with = await _server.OpenWithKeyAsync((await _ana.CreateKeyAsync([scope])).Secret);

        var refused = await without.AskAsync(command, "error");
        await with.SendAsync(command);
        await with.NextAsync("sessions_update");
        var allowed = await with.NextAsync();

        Assert.Equal(("missing_scope", scope), (refused.GetProperty("code").GetString(), ScopeOf(refused)));
        Assert.DoesNotContain("missing_scope", allowed!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("send_message", "session_not_found")]
    [InlineData("typing", "session_not_found")]
    [InlineData("presence", "session_not_found")]
    [InlineData("disconnect_session", "session_not_found")]
    [InlineData("create_session", "key_limited_to_sessions")]
    public async Task Command_WhenTheKeyDoesNotReachTheSession_IsRefused(string type, string code)
    {
        var (own, other) = ((await _server.OwnSessionAsync(_user, Ct)).Row.Id, (await _server.OwnSessionAsync(_user, Ct)).Row.Id);
        using var socket = await _server.OpenWithKeyAsync((await _ana.CreateKeyAsync(["read", "send", "manage"], [own])).Secret);

        var error = await socket.AskAsync(
            new JsonObject { ["type"] = type, ["sessionId"] = other.ToString(), ["to"] = "+44 20 7946 0958", ["message"] = "a", ["state"] = "available", ["requestId"] = 7 }, "error");

        Assert.Equal((code, 7), (error.GetProperty("code").GetString(), error.GetProperty("requestId").GetInt32()));
        Assert.Equal(2, (await _ana.SessionIdsAsync()).Count);
    }

    /// <summary>A command that nobody has thought about is for users only; this asks that somebody has.</summary>
    [Fact]
    public void Commands_WhenAnyIsAdded_AreInTheTable()
    {
        var commands = typeof(ClientCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(ClientCommand))).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, type => Assert.NotEqual(
            ApiScopes.None,
            CommandRules.Of((ClientCommand)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)).Scope));
    }

    private static string? ScopeOf(System.Text.Json.JsonElement error) => error.GetProperty("message").GetString()!.Split('\'')[1];
}
