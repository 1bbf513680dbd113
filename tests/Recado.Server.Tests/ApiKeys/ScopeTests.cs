using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.ApiKeys;

/// <summary>What a key may do by its scopes, and what it reaches by its sessions.</summary>
public sealed class ScopeTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    /// <summary>Deny by default would refuse keys there; this asks that somebody has thought about it.</summary>
    [Fact]
    public async Task Endpoints_OfTheRunningServer_EachDeclareWhoMayCall()
    {
        await using var simulating = await TestServer.StartAsync(TestServer.Simulating);

        var undeclared = EndpointsOf(Server).Concat(EndpointsOf(simulating))
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetMetadata<EndpointAccess>() is null);

        Assert.Empty(undeclared.Select(e => e.DisplayName));
    }

    [Fact]
    public void Endpoints_ThatManage_AreEnteredIntoTheAuditLog()
    {
        var silent = EndpointsOf(Server).Where(e => e.Metadata.GetMetadata<EndpointAccess>() is { Changing: ApiScopes.Manage or ApiScopes.None } access
            && MethodsOf(e).Any(method => access.For(method) != ApiScopes.Read && method != HttpMethods.Get) && e.Metadata.GetMetadata<AuditedAction>() is null);

        Assert.Empty(silent.Select(e => e.DisplayName));
    }

    [Fact]
    public async Task Endpoint_WhenItDeclaresNothing_RefusesKeys()
    {
        await using var server = await TestServer.StartAsync(TestServer.WithUsers, map: app => app.MapGet("/undeclared", () => "open").RequireAuthorization());
        using var ana = server.As(Guid.NewGuid());
        using var bot = server.WithKey((await ana.CreateKeyAsync(["read", "send", "manage"])).Secret);

        await (await bot.AskAsync("/undeclared")).ProblemAsync(HttpStatusCode.Forbidden, "forbidden_for_api_keys");
        Assert.Equal(HttpStatusCode.OK, (await ana.AskAsync("/undeclared")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/keys")]
    [InlineData("POST", "/api/keys")]
    [InlineData("DELETE", "/api/keys/6f1c1df0-3a6b-4c1e-9d59-0d2c6a8f4b11")]
    [InlineData("GET", "/api/audit")]
    public async Task Key_WhateverItsScopes_MayNotMakeKeysNorReadTheAuditLog(string method, string path)
    {
        using var bot = await BotAsync(Guid.NewGuid(), "read", "send", "manage");

        await (await SendAsync(bot, method, path, "{}")).ProblemAsync(HttpStatusCode.Forbidden, "forbidden_for_api_keys");
    }

    [Theory]
    [InlineData("GET", "", "read")]
    [InlineData("GET", "/status", "read")]
    [InlineData("GET", "/messages", "read")]
    [InlineData("GET", "/chats", "read")]
    [InlineData("GET", "/groups", "read")]
    [InlineData("GET", "/privacy", "read")]
    [InlineData("POST", "/contacts/check", "read")]
    [InlineData("POST", "/groups/preview", "read")]
    [InlineData("POST", "/presence/subscriptions", "read")]
    [InlineData("POST", "/chats/5511@s.whatsapp.net/history", "read")]
    [InlineData("POST", "/messages", "send")]
    [InlineData("PATCH", "/messages/A", "send")]
    [InlineData("DELETE", "/messages/A", "send")]
    [InlineData("POST", "/messages/A/reactions", "send")]
    [InlineData("POST", "/messages/A/read", "send")]
    [InlineData("POST", "/chats/5511@s.whatsapp.net/read", "send")]
    [InlineData("POST", "/chats/5511@s.whatsapp.net/typing", "send")]
    [InlineData("POST", "/presence", "send")]
    [InlineData("POST", "/media", "send")]
    [InlineData("POST", "/calls/A/reject", "send")]
    [InlineData("PATCH", "", "manage")]
    [InlineData("DELETE", "", "manage")]
    [InlineData("POST", "/connect", "manage")]
    [InlineData("POST", "/logout", "manage")]
    [InlineData("POST", "/groups", "manage")]
    [InlineData("PATCH", "/groups/1@g.us", "manage")]
    [InlineData("POST", "/groups/1@g.us/participants", "manage")]
    [InlineData("PUT", "/groups/1@g.us/picture", "manage")]
    [InlineData("DELETE", "/groups/1@g.us/invite", "manage")]
    [InlineData("PATCH", "/profile", "manage")]
    [InlineData("PATCH", "/privacy", "manage")]
    [InlineData("POST", "/contacts/5511@s.whatsapp.net/block", "manage")]
    public async Task Key_WithoutTheScope_IsToldWhichOneItLacks(string method, string path, string scope)
    {
        var user = Guid.NewGuid();
        var session = (await Server.OwnSessionAsync(user, Ct)).Row.Id;
        using var without = await BotAsync(user, [.. ((string[])["read", "send", "manage"]).Where(s => s != scope)]);
        using var with = await BotAsync(user, scope);

        var problem = await (await SendAsync(without, method, $"/api/sessions/{session}{path}", "{}")).ProblemAsync(HttpStatusCode.Forbidden, "missing_scope");
        var allowed = await SendAsync(with, method, $"/api/sessions/{session}{path}", "{}");

        Assert.Equal(scope, problem.GetProperty("scope").GetString());
        Assert.Contains($"'{scope}'", problem.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.Forbidden, allowed.StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, allowed.StatusCode);
    }

    [Fact]
    public async Task LimitedKey_ForAnyOperationOnAnotherSession_AnswersAsIfItWereAbsent()
    {
        var user = Guid.NewGuid();
        var (own, other) = ((await Server.OwnSessionAsync(user, Ct)).Row.Id, (await Server.OwnSessionAsync(user, Ct)).Row.Id);
        using var ana = Server.As(user);
        using var bot = Server.WithKey((await ana.CreateKeyAsync(["read", "send", "manage"], [own])).Secret);

        var routes = EndpointsOf(Server).Where(e => e.RoutePattern.RawText!.StartsWith("/api/sessions/{id:guid}", StringComparison.Ordinal)).ToList();
        foreach (var route in routes)
        {
            var path = route.RoutePattern.RawText!.Replace("{id:guid}", other.ToString(), StringComparison.Ordinal);
            foreach (var name in route.RoutePattern.Parameters.Skip(1))
                path = path.Replace($"{{{name.Name}}}", "1@g.us", StringComparison.Ordinal);
            foreach (var method in MethodsOf(route))
                await (await SendAsync(bot, method, path, "{}")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        }

        Assert.True(routes.Count > 30);
        Assert.Equal([own], await bot.SessionIdsAsync());
        Assert.Equal([other, own], (await ana.SessionIdsAsync()).OrderByDescending(id => id == other));
        await (await bot.AskAsync($"/api/sessions/{own}")).JsonAsync();
    }

    [Fact]
    public async Task LimitedKey_WhenItWouldConcernTheUserAsAWhole_IsRefused()
    {
        var user = Guid.NewGuid();
        var own = (await Server.OwnSessionAsync(user, Ct)).Row.Id;
        using var ana = Server.As(user);
        using var bot = Server.WithKey((await ana.CreateKeyAsync(["read", "send", "manage"], [own])).Secret);

        await (await bot.PostAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Forbidden, "key_limited_to_sessions");

        Assert.Equal([own], await ana.SessionIdsAsync());
    }

    [Fact]
    public async Task LimitedKey_ForAFileOfAnotherSession_AnswersAsIfItWereAbsent()
    {
        var user = Guid.NewGuid();
        var (own, other) = ((await Server.OwnSessionAsync(user, Ct)).Row.Id, (await Server.OwnSessionAsync(user, Ct)).Row.Id);
        using var ana = Server.As(user);
        using var bot = Server.WithKey((await ana.CreateKeyAsync(["read", "send", "manage"], [own])).Secret);
        var (ours, theirs) = (await UploadAsync(ana, own), await UploadAsync(ana, other));

        await (await bot.AskAsync($"/api/media/{theirs}")).ProblemAsync(HttpStatusCode.NotFound, "media_not_found");
        await (await bot.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/api/sessions/{own}/profile/picture")
        {
            Content = new StringContent($$"""{"id":"{{theirs}}"}""", Encoding.UTF8, "application/json"),
        }, Ct)).ProblemAsync(HttpStatusCode.BadRequest, "media_not_found");

        Assert.Equal(HttpStatusCode.OK, (await bot.AskAsync($"/api/media/{ours}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ana.AskAsync($"/api/media/{theirs}")).StatusCode);
    }

    [Fact]
    public async Task LimitedKey_ForLeadsOfOtherSessions_AnswersAsIfTheyWereAbsent()
    {
        var user = Guid.NewGuid();
        var (own, other) = ((await Server.OwnSessionAsync(user, Ct)).Row.Id, (await Server.OwnSessionAsync(user, Ct)).Row.Id);
        using var ana = Server.As(user);
        using var bot = Server.WithKey((await ana.CreateKeyAsync(["read", "manage"], [own])).Secret);
        var (ours, theirs, nobodys) = (await AddLeadAsync(ana, own), await AddLeadAsync(ana, other), await AddLeadAsync(ana, session: null));

        foreach (var hidden in (string[])[theirs, nobodys])
        {
            foreach (var method in (string[])["GET", "PATCH", "DELETE"])
                await (await SendAsync(bot, method, $"/api/leads/{hidden}", """{"name":"mine"}""")).ProblemAsync(HttpStatusCode.NotFound, "lead_not_found");
        }

        await (await bot.AskAsync($"/api/leads?session={other}")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await bot.PostAsync("/api/leads", new { whatsapp_session_id = other })).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await SendAsync(bot, "PATCH", $"/api/leads/{ours}", $$"""{"whatsapp_session_id":"{{other}}"}""")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await bot.PostAsync("/api/leads", new { name = "a" })).ProblemAsync(HttpStatusCode.Forbidden, "key_limited_to_sessions");
        var listed = (await (await bot.AskAsync("/api/leads")).JsonAsync()).GetProperty("leads");

        Assert.Equal([Guid.Parse(ours)], KeyClients.IdsOf(listed));
        await (await bot.AskAsync($"/api/leads/{ours}")).JsonAsync();
        await AddLeadAsync(bot, own);
        Assert.Equal(4, (await (await ana.AskAsync("/api/leads")).JsonAsync()).GetProperty("leads").GetArrayLength());
    }

    [Fact]
    public async Task Description_OfEachOperation_NamesTheScopeThatKeysNeed()
    {
        var paths = (await (await Server.Http.AskAsync("/openapi/v1.json")).JsonAsync()).GetProperty("paths");

        var send = paths.GetProperty("/api/sessions/{id}/messages").GetProperty("post");
        var keys = paths.GetProperty("/api/keys").GetProperty("post");

        Assert.Equal("""[{"Bearer":[]},{"ApiKey":["send"]}]""", send.GetProperty("security").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("`send`", send.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.True(send.GetProperty("responses").TryGetProperty("403", out _));
        Assert.Equal("""[{"Bearer":[]}]""", keys.GetProperty("security").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
    }

    private async Task<HttpClient> BotAsync(Guid user, params string[] scopes)
    {
        using var ana = Server.As(user);
        return Server.WithKey((await ana.CreateKeyAsync(scopes)).Secret);
    }

    private static async Task<string> AddLeadAsync(HttpClient http, Guid? session) =>
        (await (await http.PostAsync("/api/leads", new { name = "Carla", whatsapp_session_id = session })).JsonAsync(HttpStatusCode.Created))
            .GetProperty("lead").GetProperty("id").GetString()!;

    private static async Task<string> UploadAsync(HttpClient http, Guid session)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent("%PDF-1.7"u8.ToArray()), "file", "a.pdf" } };
        return (await (await http.PostAsync($"/api/sessions/{session}/media", form, Ct)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, string body) => http.SendAsync(
        new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json") }, Ct);

    private static IEnumerable<RouteEndpoint> EndpointsOf(TestServer server) =>
        server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
}
