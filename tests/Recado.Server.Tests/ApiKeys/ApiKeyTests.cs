using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.ApiKeys;

/// <summary>Making, listing and revoking keys, and what they are over REST. The clock is ours.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-01-31T12:00:00Z"));
    private readonly CapturedLog _log = new();
    private readonly Guid _user = Guid.NewGuid();
    private TestServer _server = null!;
    private HttpClient _ana = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(TestServer.WithUsers, _clock, builder =>
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.Trace).AddFilter("Microsoft.AspNetCore", LogLevel.Trace).AddProvider(_log));
        _ana = _server.As(_user);
    }

    public async ValueTask DisposeAsync()
    {
        _ana.Dispose();
        await _server.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Create_WhenAsked_ShowsTheKeyOnceAndNeverAgain()
    {
        var session = (await _server.OwnSessionAsync(_user, Ct)).Row.Id;

        var response = await _ana.PostAsync("/api/keys", new { name = " Bot ", scopes = (string[])["send", "read"], sessions = (Guid[])[session], expiresAt = "2027-01-01T01:00:00+01:00" });
        var created = await response.JsonAsync(HttpStatusCode.Created);
        var listed = await (await _ana.AskAsync("/api/keys")).JsonAsync();
        var row = Assert.Single(listed.GetProperty("keys").EnumerateArray());
        var secret = created.GetProperty("secret").GetString()!;

        Assert.Matches("^rcd_[0-9a-f]{12}_[0-9a-f]{64}$", secret);
        Assert.Equal(created.GetProperty("key").GetRawText(), row.GetRawText());
        Assert.Equal("Bot", row.GetProperty("name").GetString());
        Assert.StartsWith(row.GetProperty("prefix").GetString()!, secret, StringComparison.Ordinal);
        Assert.Equal("""["read","send"]""", row.GetProperty("scopes").GetRawText());
        Assert.Equal(session, Assert.Single(row.GetProperty("sessions").EnumerateArray()).GetGuid());
        Assert.Equal("2027-01-01T00:00:00.000Z", row.GetProperty("expires_at").GetString());
        Assert.DoesNotContain(secret[17..], listed.GetRawText(), StringComparison.Ordinal);
        Assert.Equal($"/api/keys/{row.GetProperty("id").GetGuid()}", response.Headers.Location?.OriginalString);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { """{"scopes":["read"]}""", "invalid_input" },
        { """{"name":"  ","scopes":["read"]}""", "invalid_input" },
        { $$"""{"name":"{{new string('x', 101)}}","scopes":["read"]}""", "invalid_input" },
        { """{"name":"a\u0007b","scopes":["read"]}""", "invalid_input" },
        { """{"name":"a"}""", "invalid_input" },
        { """{"name":"a","scopes":[]}""", "invalid_scope" },
        { """{"name":"a","scopes":["read","root"]}""", "invalid_scope" },
        { """{"name":"a","scopes":["Read"]}""", "invalid_scope" },
        { """{"name":"a","scopes":["read"],"sessions":[]}""", "invalid_input" },
        { """{"name":"a","scopes":["read"],"sessions":["x"]}""", "invalid_input" },
        { """{"name":"a","scopes":["read"],"expiresAt":"2026-01-31T12:00:00Z"}""", "invalid_input" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Create_WhenSomethingIsWrong_SaysWhatAndMakesNone(string body, string code)
    {
        await (await _ana.PostTextAsync("/api/keys", body)).ProblemAsync(HttpStatusCode.BadRequest, code);

        Assert.Empty((await (await _ana.AskAsync("/api/keys")).JsonAsync()).GetProperty("keys").EnumerateArray());
    }

    [Fact]
    public async Task Create_WhenTheSessionIsAnotherUsers_Answers404()
    {
        var foreign = (await _server.OwnSessionAsync(Guid.NewGuid(), Ct)).Row.Id;

        await (await _ana.PostAsync("/api/keys", new { name = "a", scopes = (string[])["read"], sessions = (Guid[])[foreign] }))
            .ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
    }

    [Fact]
    public async Task Create_WhenTheLimitIsReached_Answers409()
    {
        for (var i = 0; i < 50; i++)
            await _ana.CreateKeyAsync(["read"]);

        await (await _ana.PostAsync("/api/keys", new { name = "a", scopes = (string[])["read"] })).ProblemAsync(HttpStatusCode.Conflict, "key_limit_reached");
    }

    [Fact]
    public async Task Create_WhenRepeatedUnderItsIdempotencyKey_MakesOneAndShowsItNoSecondTime()
    {
        _ana.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        await _ana.CreateKeyAsync(["read"]);

        await (await _ana.PostAsync("/api/keys", new { name = "tests", scopes = (string[])["read"], sessions = (Guid[]?)null, expiresAt = (DateTimeOffset?)null }))
            .ProblemAsync(HttpStatusCode.Conflict, "answer_not_kept");

        Assert.Single((await (await _ana.AskAsync("/api/keys")).JsonAsync()).GetProperty("keys").EnumerateArray());
    }

    [Fact]
    public async Task Key_WhenUsed_IsItsUser()
    {
        var session = (await _server.OwnSessionAsync(_user, Ct)).Row.Id;
        await _server.OwnSessionAsync(Guid.NewGuid(), Ct);
        using var bot = _server.WithKey((await _ana.CreateKeyAsync(["read"])).Secret);

        Assert.Equal([session], await bot.SessionIdsAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("rcd_")]
    [InlineData("rcd_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("garbage in a header")]
    public async Task Key_WhenItIsUnknown_Answers401(string key)
    {
        using var http = _server.WithKey(key);

        var response = await http.AskAsync("/api/sessions");

        await response.ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task Key_WhenAnyCharacterOfItIsChanged_Answers401()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);

        for (var i = 0; i < secret.Length; i++)
        {
            using var http = _server.WithKey($"{secret[..i]}{(secret[i] == '0' ? '1' : '0')}{secret[(i + 1)..]}");
            await (await http.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task Key_WhenATokenIsSentBesides_Answers401()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        _ana.DefaultRequestHeaders.Add("X-Api-Key", secret);

        await (await _ana.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Key_WhenItIsInTheAddress_IsNotTaken()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);

        await (await _server.Http.AskAsync($"/api/sessions?api_key={secret}")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Key_WhenRevoked_EndsAtOnce()
    {
        var (id, secret) = await _ana.CreateKeyAsync(["read"]);
        using var bot = _server.WithKey(secret);
        await (await bot.AskAsync("/api/sessions")).JsonAsync();

        await (await _ana.DeleteAsync($"/api/keys/{id}", Ct)).JsonAsync();

        await (await bot.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await (await _ana.DeleteAsync($"/api/keys/{id}", Ct)).ProblemAsync(HttpStatusCode.NotFound, "key_not_found");
    }

    [Fact]
    public async Task Revoke_WhenTheKeyIsAnotherUsers_Answers404AndLeavesIt()
    {
        var (id, secret) = await _ana.CreateKeyAsync(["read"]);
        using var mallory = _server.As(Guid.NewGuid());
        using var bot = _server.WithKey(secret);

        await (await mallory.DeleteAsync($"/api/keys/{id}", Ct)).ProblemAsync(HttpStatusCode.NotFound, "key_not_found");

        await (await bot.AskAsync("/api/sessions")).JsonAsync();
        Assert.Empty((await (await mallory.AskAsync("/api/keys")).JsonAsync()).GetProperty("keys").EnumerateArray());
    }

    [Fact]
    public async Task Key_WhenItsTimeIsOver_Answers401()
    {
        using var bot = _server.WithKey((await _ana.CreateKeyAsync(["read"], expiresAt: _clock.GetUtcNow().AddMinutes(1))).Secret);
        await (await bot.AskAsync("/api/sessions")).JsonAsync();

        _clock.Advance(TimeSpan.FromMinutes(1));

        await (await bot.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Use_WhenAMinuteHasPassed_IsWrittenDown()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var bot = _server.WithKey(secret);
        await (await bot.AskAsync("/api/sessions")).JsonAsync();
        var before = await LastUseAsync();

        _clock.Advance(TimeSpan.FromMinutes(1));
        while (await LastUseAsync() is null)
            Ct.ThrowIfCancellationRequested();

        Assert.Null(before);
        Assert.Equal("2026-01-31T12:00:00.000Z", await LastUseAsync());
    }

    [Fact]
    public async Task Use_WhenTheServerStops_IsWrittenDown()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var bot = _server.WithKey(secret);
        await (await bot.AskAsync("/api/sessions")).JsonAsync();

        await _server.StopAsync();

        Assert.Equal(_clock.GetUtcNow(), Assert.Single(await _server.Services.GetRequiredService<IApiKeyStore>().ListAsync(_user, Ct)).LastUsedAt);
    }

    [Fact]
    public async Task Key_WhenUsedInEveryWay_IsNowhereInLogOrDatabase()
    {
        var (_, secret) = await _ana.CreateKeyAsync(["read"]);
        using var bot = _server.WithKey(secret);
        using var wrong = _server.WithKey(secret[..^1] + "x");
        await (await bot.AskAsync("/api/sessions")).JsonAsync();
        await wrong.AskAsync($"/api/sessions?api_key={secret}");
        using (var socket = await TestSocket.OpenAsync(_server, token: null, path: $"/ws?api_key={secret}"))
            await socket.PingAsync();

        await _server.StopAsync();

        var part = secret[20..60];
        Assert.Empty(_log.Entries.Where(e => e.Text.Contains(part, StringComparison.Ordinal)).Select(e => e.Text[..Math.Min(200, e.Text.Length)]));
        Assert.NotEmpty(_log.Entries);
        foreach (var file in Directory.GetFiles(_server.DataFolder, "*.db*"))
        {
            var text = System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file));
            Assert.DoesNotContain(part, text, StringComparison.Ordinal);
            Assert.DoesNotContain(part, Convert.ToHexStringLower(System.Text.Encoding.Latin1.GetBytes(text)), StringComparison.Ordinal);
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Ct);
        return copy.ToArray();
    }

    private async Task<string?> LastUseAsync()
    {
        var keys = (await (await _ana.AskAsync("/api/keys")).JsonAsync()).GetProperty("keys");
        return Assert.Single(keys.EnumerateArray()).GetProperty("last_used_at").GetString();
    }
}
