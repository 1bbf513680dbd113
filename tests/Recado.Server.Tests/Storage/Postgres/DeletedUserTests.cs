using System.Net;
using System.Text.Json.Nodes;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.ApiKeys;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>A user whom the project has removed, while a token of theirs still counts.</summary>
public sealed class DeletedUserTests
{
    [Fact]
    public async Task Token_OfARemovedUser_CreatesNothingAndIsToldWhy()
    {
        var address = await SupabaseShape.CreateAsync();
        await using var server = await TestServer.StartAsync(settings => TestServer.WithUsers(settings) with { Database = address });
        var gone = Guid.NewGuid();
        using var http = server.As(gone);
        using var socket = await TestSocket.OpenReadyAsync(server, server.TokenOf(gone));

        await (await http.PostAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "user_deleted");
        await (await http.PostAsync("/api/keys", new { name = "a", scopes = (string[])["read"] })).ProblemAsync(HttpStatusCode.Unauthorized, "user_deleted");
        var error = await socket.AskAsync(new JsonObject { ["type"] = "create_session" }, "error");

        Assert.Equal("user_deleted", error.GetProperty("code").GetString());
        Assert.Empty(await http.SessionIdsAsync());
    }

    [Fact]
    public async Task Key_OfARemovedUser_GoesWithTheUser()
    {
        var address = await SupabaseShape.CreateAsync();
        await using var server = await TestServer.StartAsync(settings => TestServer.WithUsers(settings) with { Database = address });
        using var ana = server.As(SupabaseShape.Ana);
        using var bot = server.WithKey((await ana.CreateKeyAsync(["read"])).Secret);
        await (await bot.AskAsync("/api/sessions")).JsonAsync();

        await PostgresServer.ExecuteAsync(address, $"delete from auth.users where id = '{SupabaseShape.Ana}'");

        await (await bot.AskAsync("/api/sessions")).ProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
