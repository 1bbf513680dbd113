using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Realtime;

public sealed class WebSocketTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private const int PolicyViolation = 1008, TooBig = 1009, NotText = 1003;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Theory]
    [InlineData("/")]
    [InlineData("/ws")]
    public async Task Open_WhenTheTokenIsGood_BeginsWithTheUsersRows(string path)
    {
        var user = Guid.NewGuid();
        var session = await Server.OwnSessionAsync(user, Ct);
        await Server.OwnSessionAsync(Guid.NewGuid(), Ct);

        using var socket = await TestSocket.OpenAsync(Server, Server.TokenOf(user), path);
        var update = await socket.NextAsync("sessions_update");

        var row = Assert.Single(update.GetProperty("data").EnumerateArray());
        Assert.Equal(session.Row.Id, row.GetProperty("id").GetGuid());
        Assert.Equal("connecting", row.GetProperty("status").GetString());
        Assert.True(row.TryGetProperty("phone_number", out _));
        Assert.False(row.TryGetProperty("session_data", out _));
    }

    [Fact]
    public async Task Open_WhenTheTokenIsInTheHeader_IsAccepted()
    {
        var token = Server.TokenOf(Guid.NewGuid());

        using var socket = await TestSocket.OpenAsync(Server, token: null, configure: o => o.SetRequestHeader("Authorization", $"Bearer {token}"));

        await socket.NextAsync("sessions_update");
    }

    [Fact]
    public async Task Open_WhenTheTokenIsASubprotocol_IsAcceptedAsBearer()
    {
        var token = Server.TokenOf(Guid.NewGuid());

        using var socket = await TestSocket.OpenAsync(Server, token: null, configure: o =>
        {
            o.AddSubProtocol("bearer");
            o.AddSubProtocol(token);
        });

        await socket.NextAsync("sessions_update");
        Assert.Equal("bearer", socket.Subprotocol);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Open_WhenTheTokenIsMissingOrWrong_IsClosedWith1008(string? token)
    {
        using var socket = await TestSocket.OpenAsync(Server, token);

        Assert.Equal(PolicyViolation, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Ping_WhenSent_IsAnsweredWithItsRequestId()
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        var pong = await socket.AskAsync(new JsonObject { ["type"] = "ping", ["requestId"] = 42 }, "pong");
        var bare = await socket.PingAsync();

        Assert.Equal(42, pong.GetProperty("requestId").GetInt32());
        Assert.False(bare.TryGetProperty("requestId", out _));
    }

    [Theory]
    [InlineData("nonsense", "invalid_json")]
    [InlineData("[1,2]", "invalid_json")]
    [InlineData("{}", "invalid_input")]
    [InlineData("""{"type":"fly"}""", "unknown_type")]
    [InlineData("""{"type":"send_message","sessionId":"x","message":"hello"}""", "invalid_input")]
    [InlineData("""{"type":"send_message","sessionId":"x","to":"+442079460958","message":"hello"}""", "session_not_found")]
    [InlineData("""{"type":"disconnect_session"}""", "session_not_found")]
    [InlineData("""{"type":"create_session","phoneNumber":"+5511900000001"}""", "pairing_code_not_available")]
    [InlineData("""{"type":"subscribe"}""", "invalid_input")]
    [InlineData("""{"type":"subscribe","since":-1}""", "invalid_input")]
    [InlineData("""{"type":"subscribe","since":99}""", "invalid_input")]
    [InlineData("""{"type":"authenticate","token":"wrong"}""", "unauthorized")]
    public async Task Command_WhenItCannotBeDone_IsAnsweredWithAnErrorAndTheSocketStaysOpen(string text, string code)
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        await socket.SendAsync(text);
        var error = await socket.NextAsync("error");

        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(error.GetProperty("message").GetString()));
        await socket.PingAsync();
    }

    [Fact]
    public async Task Command_WhenTheSessionIsAnotherUsers_IsAnsweredAsIfItWereAbsent()
    {
        var session = await Server.OwnSessionAsync(Guid.NewGuid(), Ct);
        using var socket = await OpenAsync(Guid.NewGuid());

        foreach (var type in new[] { "send_message", "disconnect_session" })
        {
            var error = await socket.AskAsync(
                new JsonObject { ["type"] = type, ["sessionId"] = session.Row.Id.ToString(), ["to"] = "+442079460958", ["message"] = "x", ["requestId"] = type },
                "error");
            Assert.Equal(("session_not_found", type), (error.GetProperty("code").GetString(), error.GetProperty("requestId").GetString()));
        }
    }

    [Fact]
    public async Task Frame_WhenItIsLongerThanOneMebibyte_ClosesWith1009()
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        await socket.SendAsync(new string(' ', 1024 * 1024 + 1));

        Assert.Equal(TooBig, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Frame_WhenItIsExactlyOneMebibyte_IsRead()
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        await socket.SendAsync("""{"type":"ping"}""".PadRight(1024 * 1024));

        await socket.NextAsync("pong");
    }

    [Fact]
    public async Task Frame_WhenItIsBinary_ClosesWith1003()
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        await socket.SendAsync([1, 2, 3], WebSocketMessageType.Binary);

        Assert.Equal(NotText, await socket.CloseCodeAsync());
    }

    [Fact]
    public async Task Event_WhenItHappens_ReachesEverySocketOfTheUserInOrderAndNobodyElse()
    {
        var user = Guid.NewGuid();
        var session = await Server.OwnSessionAsync(user, Ct);
        using var first = await OpenAsync(user);
        using var second = await OpenAsync(user);
        using var stranger = await OpenAsync(Guid.NewGuid());

        for (var i = 0; i < 200; i++)
            await Server.WriteAsync(session, Ct, Event(i));

        foreach (var socket in new[] { first, second })
        {
            long last = 0;
            for (var i = 0; i < 200; i++)
            {
                var received = await socket.NextAsync("test");
                Assert.Equal(i, received.GetProperty("n").GetInt32());
                Assert.True(received.GetProperty("eventId").GetInt64() > last);
                last = received.GetProperty("eventId").GetInt64();
            }
        }

        await stranger.SendAsync("""{"type":"ping"}""");
        await stranger.NextAsync("pong"); // and nothing before it
    }

    [Fact]
    public async Task Subscribe_WhenTheClientWasAway_SendsWhatItMissedAndThenLives()
    {
        var user = Guid.NewGuid();
        var session = await Server.OwnSessionAsync(user, Ct);
        await Server.WriteAsync(session, Ct, [.. Enumerable.Range(0, 150).Select(Event)]);
        using var socket = await OpenAsync(user);

        var subscribed = await socket.AskAsync(new JsonObject { ["type"] = "subscribe", ["since"] = 10, ["requestId"] = "s" }, "subscribed");
        await Server.WriteAsync(session, Ct, Event(150));

        Assert.Equal("s", subscribed.GetProperty("requestId").GetString());
        for (var i = 10; i <= 150; i++)
            Assert.Equal(i, (await socket.NextAsync("test")).GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task Event_WhenItIsAQrCodeThatCanNoLongerBeScanned_IsLeftOut()
    {
        var user = Guid.NewGuid();
        var session = await Server.OwnSessionAsync(user, Ct);
        using var socket = await OpenAsync(user);

        await Server.WriteAsync(
            session, Ct,
            new JournalEntry.Event(EventTypes.QrCode, $$"""{"sessionId":"{{session.Row.Id}}","number":1,"expiresAt":"2026-01-31T12:00:00.000Z"}"""),
            Event(1));

        Assert.Equal(2, (await socket.NextAsync("test")).GetProperty("eventId").GetInt64());
    }

    [Fact]
    public async Task CreateSession_WhenTheServiceIsAway_TellsTheStateOfTheNewSession()
    {
        using var socket = await OpenAsync(Guid.NewGuid());

        await socket.SendAsync("""{"type":"create_session","name":"Sales"}""");
        var update = await socket.UntilAsync("status_update");

        Assert.Equal("connecting", update.GetProperty("status").GetString()); // it keeps trying, and says why it has to
        Assert.False(string.IsNullOrEmpty(update.GetProperty("reason").GetString()));
        Assert.Equal(JsonValueKind.Null, update.GetProperty("phoneNumber").ValueKind);

        var error = await socket.AskAsync(
            new JsonObject { ["type"] = "send_message", ["sessionId"] = update.GetProperty("sessionId").GetString(), ["to"] = "+442079460958", ["message"] = "x" },
            "error");
        Assert.Equal("session_not_connected", error.GetProperty("code").GetString());
    }

    private static JournalEntry Event(int n) => new JournalEntry.Event("test", $$"""{"n":{{n}}}""");

    private Task<TestSocket> OpenAsync(Guid user) => TestSocket.OpenReadyAsync(Server, Server.TokenOf(user));
}
