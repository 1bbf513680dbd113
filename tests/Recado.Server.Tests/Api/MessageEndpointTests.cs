using System.Net;
using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Api;

public sealed class MessageEndpointTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task List_WhenThereAreMoreThanAPage_GoesOnAtTheCursor()
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 5);
        using var ana = Server.As(user);

        var first = await (await ana.AskAsync($"/api/sessions/{id}/messages?limit=3")).JsonAsync();
        var second = await (await ana.AskAsync($"/api/sessions/{id}/messages?limit=3&before={first.GetProperty("next").GetString()}")).JsonAsync();

        Assert.Equal(["text 4", "text 3", "text 2"], Texts(first));
        Assert.Equal(["text 1", "text 0"], Texts(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("direction=sent", 2)]
    [InlineData("direction=received", 3)]
    [InlineData("chat=5511900000002@s.whatsapp.net", 5)]
    [InlineData("chat=5511900000002", 5)]
    [InlineData("chat=5511900000003", 0)]
    [InlineData("q=TEXT%203", 1)]
    public async Task List_WhenFiltered_GivesOnlyWhatMatches(string query, int count)
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 5);
        using var ana = Server.As(user);

        var page = await (await ana.AskAsync($"/api/sessions/{id}/messages?{query}")).JsonAsync();

        Assert.Equal(count, Texts(page).Count());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("before=tomorrow", "before")]
    [InlineData("direction=sideways", "direction")]
    public async Task List_WhenAParameterIsWrong_NamesIt(string query, string field)
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 0);
        using var ana = Server.As(user);

        var problem = await (await ana.AskAsync($"/api/sessions/{id}/messages?{query}")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("""{"message":"hello"}""", "to", "invalid_input")]
    [InlineData("""{"to":"+442079460958"}""", "message", "invalid_input")]
    [InlineData("""{"to":"+442079460958","message":""}""", "message", "invalid_input")]
    [InlineData("""{"to":"+442079460958","message":{"text":"x"}}""", "message", "invalid_input")]
    [InlineData("""{"to":"+442079460958","message":"a","message":"b"}""", "message", "invalid_input")]
    [InlineData("""{"to":"nobody","message":"hello"}""", "to", "invalid_recipient")]
    [InlineData("""{"to":"status@broadcast","message":"hello"}""", "to", "invalid_recipient")]
    [InlineData("""{"to":"+442079460958","message":"hello","type":"smell"}""", "type", "message_type_not_available")]
    public async Task Send_WhenAFieldIsWrong_NamesIt(string body, string field, string code)
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 0);
        using var ana = Server.As(user);

        var problem = await (await ana.PostTextAsync($"/api/sessions/{id}/messages", body)).ProblemAsync(HttpStatusCode.BadRequest, code);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Send_WhenTheTextIsTooLong_NamesIt()
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 0);
        using var ana = Server.As(user);

        var response = await ana.PostAsync($"/api/sessions/{id}/messages", new { to = "+442079460958", message = new string('x', 65_537) });

        Assert.True((await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_input")).GetProperty("errors").TryGetProperty("message", out _));
    }

    [Fact]
    public async Task Send_WhenTheSessionIsNotConnected_Answers409()
    {
        var user = Guid.NewGuid();
        var id = await SeedAsync(user, 0);
        using var ana = Server.As(user);

        await (await ana.PostAsync($"/api/sessions/{id}/messages", new { to = "+442079460958", message = "hello" }))
            .ProblemAsync(HttpStatusCode.Conflict, "session_not_connected");
    }

    private static IEnumerable<string?> Texts(JsonElement page) =>
        page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content").GetProperty("text").GetString());

    /// <summary>A session with messages one minute apart, every other one sent by its owner.</summary>
    private async Task<Guid> SeedAsync(Guid user, int count)
    {
        var session = await Server.OwnSessionAsync(user, Ct);
        var begin = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        await Server.WriteAsync(session, Ct, [.. Enumerable.Range(0, count).Select(i => new JournalEntry.Message(
            new MessageRow
            {
                Id = Guid.CreateVersion7(begin.AddMinutes(i)),
                UserId = user,
                SessionId = session.Row.Id,
                Direction = i % 2 == 0 ? MessageDirections.Received : MessageDirections.Sent,
                Content = JsonSerializer.SerializeToElement(new { type = "text", text = $"text {i}", conversation = $"text {i}" }),
                Status = i % 2 == 0 ? MessageStatuses.Received : MessageStatuses.Sent,
                Timestamp = begin.AddMinutes(i),
                WhatsAppId = $"ID{i}",
                Chat = "5511900000002@s.whatsapp.net",
                Sender = "5511900000002@s.whatsapp.net",
                Origin = "live",
            },
            Then: null))]);
        return session.Row.Id;
    }
}
