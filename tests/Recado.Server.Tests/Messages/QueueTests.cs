using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Features.Auth;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Idempotency;
using Recado.Server.Tests.Sessions;
using Recado.Simulator;

namespace Recado.Server.Tests.Messages;

/// <summary>The pace of a session, and messages that wait.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private ServerUnderTest _server = null!;
    private HttpClient? _http;
    private SimulatedPhone _bruno = null!;
    private Guid _session;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HttpClient Http => _http ??= _server.Http();

    private string Session => $"/api/sessions/{_session}";

    public async ValueTask InitializeAsync() => _server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenFasterThanThePace_Answers429AndSaysWhenToReturn()
    {
        await ConnectAsync(settings => settings with { SendRatePerMinute = 1, SendBurst = 1 });

        await (await SendAsync("first")).JsonAsync();
        var refused = await SendAsync("second");

        await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "sending_too_fast");
        Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), null), 1, 60);
        Assert.Single(await _server.MessagesAsync(_session));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenItMayWaitForThePace_LeavesInOrder()
    {
        await ConnectAsync(settings => settings with { SendRatePerMinute = 300, SendBurst = 1 });
        string[] texts = ["one", "two", "three", "four"];

        var statuses = new List<string?>();
        foreach (var text in texts)
            statuses.Add((await QueueAsync(text)).GetProperty("status").GetString());
        foreach (var text in texts)
            await _bruno.WaitForMessageAsync(message => message.Text == text, Ct);

        Assert.Equal("sent", statuses[0]);
        Assert.Contains("queued", statuses);
        Assert.Equal(texts, _bruno.Inbox.Select(message => message.Text));
        Assert.Empty(_server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenTheSessionIsAway_WaitsOverARestartAndLeavesWhenItIsBack()
    {
        await ConnectAsync();
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();

        var first = await QueueAsync("one");
        var second = await QueueAsync("two");
        var waiting = await _server.MessagesAsync(_session);
        await RestartAsync();
        await (await Http.PostAsync($"{Session}/connect")).JsonAsync();
        await StatusAsync(second, "sent");

        Assert.Equal([("two", MessageStatuses.Queued), ("one", MessageStatuses.Queued)], waiting.Select(row => (row.Content.GetProperty("text").GetString(), row.Status)));
        var sent = await _server.MessagesAsync(_session);
        Assert.Equal(waiting.Select(row => (row.Id, row.WhatsAppId)), sent.Select(row => (row.Id, row.WhatsAppId)));
        Assert.Equal([Id(second), Id(first)], sent.Select(row => row.WhatsAppId));
        await _bruno.WaitForMessageAsync(message => message.Id == Id(second), Ct);
        Assert.Equal([Id(first), Id(second)], _bruno.Inbox.Select(message => message.Id));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Delete_OfAMessageThatWaits_TakesItBack()
    {
        await ConnectAsync();
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();
        var (first, second) = (await QueueAsync("a mistake"), await QueueAsync("right"));

        await (await Http.PostAsync($"{Session}/messages/{Id(first)}/reactions", new { emoji = "🎉" })).ProblemAsync(HttpStatusCode.Conflict, "message_queued");
        var answer = await (await Http.DeleteAsync($"{Session}/messages/{Id(first)}", Ct)).JsonAsync();
        await (await Http.PostAsync($"{Session}/connect")).JsonAsync();
        await StatusAsync(second, "sent");

        Assert.Equal("canceled", answer.GetProperty("status").GetString());
        Assert.Equal("canceled", (await StatusAsync(first, "failed")).GetProperty("reason").GetString());
        await _bruno.WaitForMessageAsync(message => message.Id == Id(second), Ct);
        Assert.Equal([Id(second)], _bruno.Inbox.Select(message => message.Id));
        Assert.Equal(MessageStatuses.Failed, (await _server.MessagesAsync(_session)).Single(row => row.WhatsAppId == Id(first)).Status);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Send_WhenTooManyWait_Answers409()
    {
        await ConnectAsync(settings => settings with { SendQueueMax = 1 });
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();

        await QueueAsync("one");

        await (await SendAsync("two", queue: true)).ProblemAsync(HttpStatusCode.Conflict, "queue_full");
        await (await SendAsync("three")).ProblemAsync(HttpStatusCode.Conflict, "session_not_connected");
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Queue_WhenAMessageHasWaitedTooLong_DoesNotSendIt()
    {
        await ConnectAsync(settings => settings with { SendQueueMaxAge = TimeSpan.FromMilliseconds(1) });
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();
        var late = await QueueAsync("too late");

        await (await Http.PostAsync($"{Session}/connect")).JsonAsync();

        Assert.Equal("queue_expired", (await StatusAsync(late, "failed")).GetProperty("reason").GetString());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Queue_WhenAMessageHasWaitedTooLongInASessionAtRest_GivesItUp()
    {
        await ConnectAsync(settings => settings with { SendQueueMaxAge = TimeSpan.FromMilliseconds(1) });
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();
        var late = await QueueAsync("too late");

        await RestartAsync(); // the supervisor looks after what has expired at once, and every hour

        Assert.Equal("queue_expired", (await StatusAsync(late, "failed")).GetProperty("reason").GetString());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Queue_WhenTheRecipientTurnsOutToBeNobody_FailsThatMessageAlone()
    {
        await ConnectAsync();
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();
        var nobody = await (await Http.PostAsync($"{Session}/messages", new { to = "5511900009999", message = "hello?", queue = true })).JsonAsync(HttpStatusCode.Accepted);
        var good = await QueueAsync("hello");

        await (await Http.PostAsync($"{Session}/connect")).JsonAsync();
        await StatusAsync(good, "sent");

        Assert.Equal("recipient_not_on_whatsapp", (await StatusAsync(nobody, "failed")).GetProperty("reason").GetString());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Queue_WhenTheAccountIsUnlinked_GivesUpWhatWaits()
    {
        await ConnectAsync();
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();
        var waiting = await QueueAsync("not from another account");

        await (await Http.PostAsync($"{Session}/logout")).JsonAsync();

        Assert.Equal("session_logged_out", (await StatusAsync(waiting, "failed")).GetProperty("reason").GetString());
        await (await SendAsync("unlinked", queue: true)).ProblemAsync(HttpStatusCode.Conflict, "session_logged_out");
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Queue_WithAKey_WaitsOnce()
    {
        await ConnectAsync();
        await (await Http.DeleteAsync(Session, Ct)).JsonAsync();

        var first = await Http.PostWithKeyAsync("order-1", $"{Session}/messages", """{"to":"5511900000002","message":"once","queue":true}""");
        var second = await Http.PostWithKeyAsync("order-1", $"{Session}/messages", """{"to":"5511900000002","message":"once","queue":true}""");

        Assert.Equal((await first.JsonAsync(HttpStatusCode.Accepted)).GetRawText(), (await second.JsonAsync(HttpStatusCode.Accepted)).GetRawText());
        Assert.Single(await _server.MessagesAsync(_session));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task SendOverAWebSocket_WhenFasterThanThePace_IsToldSoOrWaits()
    {
        await ConnectAsync(settings => settings with { SendRatePerMinute = 1, SendBurst = 1 });
        using var socket = await TestSocket.OpenAsync(new Uri(Http.BaseAddress!, $"/ws?token={Http.DefaultRequestHeaders.Authorization!.Parameter}"));
        JsonObject Command(bool queue) => new()
        {
            ["type"] = "send_message",
            ["sessionId"] = _session.ToString(),
            ["to"] = "5511900000002",
            ["message"] = "hello",
            ["queue"] = queue,
        };

        var sent = await socket.AskAsync(Command(queue: false), "message_sent");
        var refused = await socket.AskAsync(Command(queue: false), "error");
        var queued = await socket.AskAsync(Command(queue: true), "message_sent");

        Assert.Equal(("sent", "queued"), (sent.GetProperty("status").GetString(), queued.GetProperty("status").GetString()));
        Assert.Equal("sending_too_fast", refused.GetProperty("code").GetString());
        Assert.InRange(refused.GetProperty("retryAfter").GetInt32(), 1, 60);
    }

    private async Task ConnectAsync(Func<RecadoSettings, RecadoSettings>? configure = null)
    {
        if (configure is not null)
        {
            await _server.StopHostAsync();
            _server.Configure = configure;
            await _server.StartHostAsync();
        }

        _bruno = _server.WhatsApp.AddPhone("5511900000002");
        _session = await _server.ConnectSessionAsync(_server.WhatsApp.AddPhone("5511900000001"));
    }

    private async Task RestartAsync()
    {
        _http?.Dispose();
        _http = null;
        await _server.StopHostAsync();
        await _server.StartHostAsync();
    }

    private Task<HttpResponseMessage> SendAsync(string text, bool queue = false) =>
        Http.PostAsync($"{Session}/messages", new { to = "5511900000002", message = text, queue });

    /// <summary>Sends what may wait; whether it does is the answer's to say.</summary>
    private async Task<JsonElement> QueueAsync(string text)
    {
        var answer = await SendAsync(text, queue: true);
        var body = await answer.JsonAsync(answer.StatusCode == HttpStatusCode.OK ? HttpStatusCode.OK : HttpStatusCode.Accepted);
        Assert.Equal(answer.StatusCode == HttpStatusCode.OK ? "sent" : "queued", body.GetProperty("status").GetString());
        return body;
    }

    private async Task<JsonElement> StatusAsync(JsonElement answer, string status)
    {
        while (true)
        {
            var row = await _server.WaitForEventAsync(EventTypes.MessageStatus, Id(answer));
            var payload = JsonElement.Parse(row.Payload);
            if (payload.GetProperty("status").ValueEquals(status))
                return payload;
        }
    }

    private static string Id(JsonElement answer) => answer.GetProperty("messageId").GetString()!;
}
