using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Audit;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.ApiKeys;

namespace Recado.Server.Tests.Audit;

/// <summary>Who did what to which session, from where.</summary>
public sealed class AuditTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Entries_AfterTheLifeOfASession_SayWhatWasDoneFromWhere()
    {
        using var ana = Server.As(Guid.NewGuid());
        ana.DefaultRequestHeaders.UserAgent.ParseAdd($"console/1.0 {new string('x', 500)}");
        var id = (await (await ana.PostAsync("/api/sessions", new { name = "Sales" })).JsonAsync(HttpStatusCode.Created)).GetProperty("sessionId").GetGuid();
        await ana.PatchAsync($"/api/sessions/{id}", JsonContent("""{"name":"Shop"}"""), Ct);
        await ana.DeleteAsync($"/api/sessions/{id}", Ct);
        await ana.PostAsync($"/api/sessions/{id}/connect");
        await ana.PostAsync($"/api/sessions/{id}/logout");
        await ana.DeleteAsync($"/api/sessions/{id}?purge=true", Ct);
        await ana.AskAsync("/api/sessions");

        var entries = await EntriesAsync(ana);

        Assert.Equal(
            ["session.purge", "session.logout", "session.connect", "session.disconnect", "session.change", "session.create"],
            entries.Select(entry => entry.GetProperty("action").GetString()));
        Assert.All(entries, entry =>
        {
            Assert.Equal(id, entry.GetProperty("session_id").GetGuid());
            Assert.Equal("ok", entry.GetProperty("outcome").GetString());
            Assert.Equal(JsonValueKind.Null, entry.GetProperty("key_prefix").ValueKind);
            Assert.Equal("127.0.0.1", entry.GetProperty("address").GetString());
            Assert.StartsWith("console/1.0 xxx", entry.GetProperty("user_agent").GetString(), StringComparison.Ordinal);
            Assert.Equal(120, entry.GetProperty("user_agent").GetString()!.Length);
        });
    }

    [Fact]
    public async Task Entry_OfAnApiKey_NamesItByItsPrefix()
    {
        var user = Guid.NewGuid();
        var session = (await Server.OwnSessionAsync(user, Ct)).Row.Id;
        using var ana = Server.As(user);
        var (id, secret) = await ana.CreateKeyAsync(["manage"]);
        using var bot = Server.WithKey(secret);
        await bot.PatchAsync($"/api/sessions/{session}", JsonContent("""{"name":"Shop"}"""), Ct);
        await ana.DeleteAsync($"/api/keys/{id}", Ct);

        var entries = await EntriesAsync(ana);

        Assert.Equal(
            [("key.revoke", null, secret[..16]), ("session.change", secret[..16], null), ("key.create", null, secret[..16])],
            entries.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("key_prefix").GetString(), entry.GetProperty("target").GetString())));
        Assert.DoesNotContain(secret[17..], string.Concat(entries.Select(entry => entry.GetRawText())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entry_OfWhatWasRefused_HasTheCode()
    {
        var user = Guid.NewGuid();
        var session = (await Server.OwnSessionAsync(user, Ct)).Row.Id;
        using var ana = Server.As(user);
        using var bot = Server.WithKey((await ana.CreateKeyAsync(["read"])).Secret);
        await bot.PostAsync($"/api/sessions/{session}/logout");
        await ana.PatchAsync($"/api/sessions/{Guid.NewGuid()}", JsonContent("""{"name":"Shop"}"""), Ct);
        await ana.PatchAsync($"/api/sessions/{session}", JsonContent("{"), Ct);
        await Server.Http.PostAsync($"/api/sessions/{session}/logout"); // nobody's

        var outcomes = (await EntriesAsync(ana)).Select(entry => entry.GetProperty("outcome").GetString());

        Assert.Equal(["invalid_json", "session_not_found", "missing_scope", "ok"], outcomes);
    }

    [Fact]
    public async Task Entry_OfWhatWasRepeated_IsOne()
    {
        using var ana = Server.As(Guid.NewGuid());
        ana.DefaultRequestHeaders.Add("Idempotency-Key", "once");

        await (await ana.PostAsync("/api/sessions")).JsonAsync(HttpStatusCode.Created);
        await (await ana.PostAsync("/api/sessions")).JsonAsync(HttpStatusCode.Created);

        Assert.Single(await EntriesAsync(ana));
    }

    [Fact]
    public async Task Entry_OfAWebSocketCommand_IsLikeThatOfRest()
    {
        var user = Guid.NewGuid();
        using var ana = Server.As(user);
        var (_, secret) = await ana.CreateKeyAsync(["manage", "read"]);
        using var socket = await TestSocket.OpenAsync(Server, token: null, configure: options =>
        {
            options.SetRequestHeader("X-Api-Key", secret);
            options.SetRequestHeader("User-Agent", "bot/2");
        });
        await socket.NextAsync("sessions_update"); // it hears what happens from now on
        var created = await socket.AskAsync(new JsonObject { ["type"] = "create_session" }, "status_update");
        var id = created.GetProperty("sessionId").GetString();
        await socket.AskAsync(new JsonObject { ["type"] = "disconnect_session", ["sessionId"] = id }, "session_disconnected");
        await socket.AskAsync(new JsonObject { ["type"] = "disconnect_session", ["sessionId"] = Guid.NewGuid().ToString() }, "error");

        var entries = (await EntriesAsync(ana))[..3];

        Assert.Equal(
            [("session.disconnect", "session_not_found"), ("session.disconnect", "ok"), ("session.create", "ok")],
            entries.Select(entry => (entry.GetProperty("action").GetString(), entry.GetProperty("outcome").GetString())));
        Assert.All(entries[1..], entry => Assert.Equal(id, entry.GetProperty("session_id").GetString()));
        Assert.All(entries, entry => Assert.Equal(
            (secret[..16], "127.0.0.1", "bot/2"),
            (entry.GetProperty("key_prefix").GetString(), entry.GetProperty("address").GetString(), entry.GetProperty("user_agent").GetString())));
    }

    [Fact]
    public async Task List_WhenPagedAndFiltered_GivesEachEntryOnce()
    {
        var user = Guid.NewGuid();
        var (first, second) = ((await Server.OwnSessionAsync(user, Ct)).Row.Id, (await Server.OwnSessionAsync(user, Ct)).Row.Id);
        using var ana = Server.As(user);
        foreach (var session in (Guid[])[first, second, first, second, first])
            await ana.PatchAsync($"/api/sessions/{session}", JsonContent("""{"name":"Shop"}"""), Ct);

        var all = await EntriesAsync(ana);
        var page = await (await ana.AskAsync("/api/audit?limit=3")).JsonAsync();
        var rest = await (await ana.AskAsync($"/api/audit?limit=3&before={page.GetProperty("next").GetString()}")).JsonAsync();

        Assert.Equal(5, all.Count);
        Assert.Equal(all.Select(IdOf), page.GetProperty("entries").EnumerateArray().Concat(rest.GetProperty("entries").EnumerateArray()).Select(IdOf));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        Assert.Equal(3, (await EntriesAsync(ana, $"?session={first}")).Count);
        Assert.Equal(5, (await EntriesAsync(ana, "?action=session.change")).Count);
        Assert.Empty(await EntriesAsync(ana, "?action=session.create"));
        await (await ana.AskAsync("/api/audit?before=x")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");
        await (await ana.AskAsync("/api/audit?limit=0")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");
    }

    [Fact]
    public async Task List_OfAnotherUser_HasNothingOfIt()
    {
        var session = (await Server.OwnSessionAsync(Guid.NewGuid(), Ct)).Row.Id;
        using var mallory = Server.As(Guid.NewGuid());
        await mallory.PatchAsync($"/api/sessions/{session}", JsonContent("""{"name":"mine"}"""), Ct);
        using var owner = Server.As((await Server.Services.GetRequiredService<ISessionStore>().FindAsync(session, Ct))!.UserId);

        Assert.Empty(await EntriesAsync(owner));
        Assert.Equal("session_not_found", Assert.Single(await EntriesAsync(mallory)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Entries_WhenTheServerStopsAtOnce_AreAllWritten()
    {
        await using var server = await TestServer.StartAsync(TestServer.WithUsers);
        var user = Guid.NewGuid();
        var session = (await server.OwnSessionAsync(user, Ct)).Row.Id;
        using var ana = server.As(user);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ana.PatchAsync($"/api/sessions/{session}", JsonContent("""{"name":"Shop"}"""), Ct)));

        await server.StopAsync();

        Assert.Equal(30, (await server.Services.GetRequiredService<IAuditLog>().ListAsync(new AuditQuery(user, 100), Ct)).Count);
    }

    [Fact]
    public async Task Add_WhileTheDatabaseIsAway_MakesNobodyWaitAndIsWrittenAfterwards()
    {
        var log = new StubbornLog();
        await using var server = await TestServer.StartAsync(TestServer.WithUsers, configure: builder => builder.Services.AddSingleton<IAuditLog>(log));
        var user = Guid.NewGuid();
        var session = (await server.OwnSessionAsync(user, Ct)).Row.Id;
        using var ana = server.As(user);

        await (await ana.PatchAsync($"/api/sessions/{session}", JsonContent("""{"name":"Shop"}"""), Ct)).JsonAsync();
        await log.Refused.Task.WaitAsync(Ct);
        log.IsAway = false;

        Assert.Equal("session.change", (await log.Written.Task.WaitAsync(Ct)).Action);
    }

    private static async Task<List<JsonElement>> EntriesAsync(HttpClient user, string query = "") =>
        [.. (await (await user.AskAsync($"/api/audit{query}")).JsonAsync()).GetProperty("entries").EnumerateArray()];

    private static Guid IdOf(JsonElement entry) => entry.GetProperty("id").GetGuid();

    private static StringContent JsonContent(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    /// <summary>A log whose database is away.</summary>
    private sealed class StubbornLog : IAuditLog
    {
        public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<AuditRow> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsAway { get; set; } = true;

        public Task AddAsync(IReadOnlyList<AuditRow> rows, CancellationToken ct)
        {
            if (IsAway)
            {
                Refused.TrySetResult();
                throw new StorageException("It is away.", isTransient: true);
            }

            Written.TrySetResult(rows[0]);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken ct) => Task.FromResult<IReadOnlyList<AuditRow>>([]);
    }
}
