using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Realtime;
using Recado.Server.Features.Reference;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Api;

/// <summary>A stranger who knows every id of somebody: nothing is there for them, nothing changes, nothing is told.</summary>
public sealed partial class TenantIsolationTests(TenantIsolationTests.Tenant tenant) : IClassFixture<TenantIsolationTests.Tenant>
{
    private static readonly Guid Stranger = Guid.Parse("b0000000-0000-4000-8000-00000000000b");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stranger_WithEveryIdOfAnotherUser_FindsChangesAndHearsNothing()
    {
        using var http = tenant.Server.As(Stranger);
        using var socket = await TestSocket.OpenReadyAsync(tenant.Server, tenant.Server.TokenOf(Stranger));
        var walk = new ApiWalk(tenant);
        await walk.PrepareAsync();
        var secrets = await UseAsync(walk);
        var before = await SnapshotAsync();

        foreach (var call in DocumentedCall.All.Where(call => call.Path.StartsWith("/api/", StringComparison.Ordinal)))
        {
            using var answer = await http.SendAsync(walk.Request(call), Ct);

            var text = await answer.Content.ReadAsStringAsync(Ct);
            if (call.Path.Contains('{', StringComparison.Ordinal))
                Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{call.Method} {call.Path} answers {answer.StatusCode}: {text}");
            if (call.Path == "/api/audit")
                text = string.Concat(JsonElement.Parse(text).GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("outcome").ValueEquals("ok")));
            Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal)); // what the stranger tried in vain is the stranger's own
            await AssertHeardNothingAsync(socket, secrets);
        }

        await socket.SendAsync(new JsonObject { ["type"] = "subscribe", ["since"] = 0 });
        await socket.SendAsync(new JsonObject { ["type"] = "authenticate", ["token"] = tenant.Server.TokenOf(Tenant.Owner) }); // of another user: refused
        await AssertHeardNothingAsync(socket, secrets);

        foreach (var type in Commands())
        {
            var command = new JsonObject
            {
                ["type"] = type,
                ["requestId"] = type,
                ["sessionId"] = tenant.Ana,
                ["to"] = "5511900000002",
                ["message"] = "not mine",
                ["chat"] = "5511900000002",
                ["state"] = type == "presence" ? "available" : "composing",
                ["seconds"] = 1,
            };
            await socket.SendAsync(command);
            var error = await socket.UntilAsync("error");
            Assert.Equal(type, error.GetProperty("requestId").GetString());
            Assert.Equal("session_not_found", error.GetProperty("code").GetString());
        }

        await AssertHeardNothingAsync(socket, secrets);
        Assert.Equal(before, await SnapshotAsync());
    }

    /// <summary>The owner carries out the whole page, up to where things are taken away.</summary>
    /// <returns>Ids that nobody else may see.</returns>
    private async Task<HashSet<string>> UseAsync(ApiWalk walk)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in DocumentedCall.All.TakeWhile(call => call is not { Method: "DELETE", Path: "/api/leads/{id}" }))
        {
            using var answer = await tenant.Http.SendAsync(walk.Request(call), Ct);
            if (call.Answer is null)
                continue;

            var body = await answer.JsonAsync((HttpStatusCode)call.Status);
            await walk.LearnAsync(call, body);
            seen.UnionWith(Id().Matches(body.GetRawText()).Select(match => match.Value));
        }

        return seen;
    }

    private async Task<string> SnapshotAsync()
    {
        var user = Tenant.Owner;
        var ct = Ct;
        var services = tenant.Server.Services;
        var rows = new List<string>();
        foreach (var session in await services.GetRequiredService<ISessionStore>().ListAsync(user, ct))
        {
            rows.Add(JsonSerializer.Serialize(session));
            rows.AddRange((await services.GetRequiredService<IMessageStore>().ListAsync(new MessageQuery(user, session.Id, 200), ct)).Messages
                .Select(message => JsonSerializer.Serialize(message)));
        }

        rows.AddRange((await services.GetRequiredService<IEventLog>().ReadAsync(user, after: 0, limit: 1000, ct)).Select(row => $"{row}"));
        return string.Join('\n', rows);
    }

    /// <summary>What comes before the answer to a ping, if anything, is the stranger's own.</summary>
    private static async Task AssertHeardNothingAsync(TestSocket socket, HashSet<string> secrets)
    {
        await socket.SendAsync(new JsonObject { ["type"] = "ping" });
        while (await socket.NextAsync() is { } frame && !frame.GetProperty("type").ValueEquals("pong"))
            Assert.DoesNotContain(secrets, secret => frame.GetRawText().Contains(secret, StringComparison.Ordinal));
    }

    /// <summary>The commands that name a session: all but a known few.</summary>
    private static IEnumerable<string> Commands() => typeof(ClientCommand).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
        .Cast<JsonDerivedTypeAttribute>().Select(attribute => (string)attribute.TypeDiscriminator!)
        .Except(["ping", "subscribe", "authenticate", "create_session"]);

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|3EB0[0-9A-F]{18}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Id();

    /// <summary>Sessions of one of several users.</summary>
    public sealed class Tenant : LinkedServer
    {
        internal static readonly Guid Owner = Guid.Parse("a0000000-0000-4000-8000-00000000000a");

        private protected override string Token => Server.TokenOf(Owner);

        private protected override RecadoSettings Change(RecadoSettings settings) => TestServer.WithUsers(settings);
    }
}
