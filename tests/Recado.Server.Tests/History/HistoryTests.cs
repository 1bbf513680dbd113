using System.Net;
using System.Text.Json;
using Recado.Server.Features.Auth;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Sessions;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;

namespace Recado.Server.Tests.History;

/// <summary>What the phone remembers becomes rows; what it is asked for too.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private const string Ours = "5511900000001", Theirs = "5511900000002";

    private static readonly HistoryPlan Plan = new()
    {
        Chats = 3,
        Groups = 1,
        MessagesPerChat = 150,
        ChunkSize = 200,
        OnlyOnPhone = 40,
        MediaEvery = 60,
        ReactionEvery = 50,
        PollEvery = 70,
        Unread = 1,
    };

    private ServerUnderTest _server = null!;
    private HttpClient _http = null!;
    private SimulatedPhone _phone = null!;
    private SimulatedPhone _bruno = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        _http = _server.Http();
        _phone = _server.WhatsApp.AddPhone(Ours, "Ana");
        _bruno = _server.WhatsApp.AddPhone(Theirs, "Bruno");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Link_WhenThePhoneHasAPast_StoresItWithoutAnEventPerMessage()
    {
        var chats = await _phone.GiveHistoryAsync(Plan, Ct);

        var session = await _server.ConnectSessionAsync(_phone);
        var done = await DoneAsync();

        var rows = await RowsAsync(session);
        Assert.Equal(chats.SelectMany(chat => chat.MessageIds.Take(110)).Order(), rows.Select(Id).Order());
        Assert.All(rows, row => Assert.Equal("history", row.GetProperty("origin").GetString()));
        Assert.Equal(rows.OrderByDescending(row => row.GetProperty("timestamp").GetDateTimeOffset()).Select(Time), rows.Select(Time));
        Assert.Equal(("recent", 100, true), (done.GetProperty("syncType").GetString(), done.GetProperty("progress").GetInt32(), done.GetProperty("done").GetBoolean()));
        var events = await _server.EventsAsync();
        Assert.DoesNotContain(events, e => e.Type is EventTypes.MessageReceived or EventTypes.MessageEcho);
        Assert.Equal(330, events.Where(e => e.Type == EventTypes.HistoryProgress).Sum(e => JsonElement.Parse(e.Payload).GetProperty("messages").GetInt32()));

        var bruno = rows.Single(row => Id(row) == chats[0].MessageIds[49]); // with a reaction of the account's own, since he wrote it
        Assert.Equal((Theirs, _bruno.Lid.ToString()), (bruno.GetProperty("phone_number").GetString(), bruno.GetProperty("chat").GetString()));
        Assert.Equal("👍", bruno.GetProperty("content").GetProperty("reactions").EnumerateObject().Single().Value.GetProperty("value").GetString());
        var poll = rows.Single(row => Id(row) == chats[0].MessageIds[69]).GetProperty("content");
        Assert.Equal("yes", poll.GetProperty("votes").EnumerateObject().Single().Value.GetProperty("value")[0].GetString());
        Assert.Equal(["read", "received"], [.. rows.Where(row => row.GetProperty("direction").ValueEquals("received"))
            .Select(row => row.GetProperty("status").GetString()).Distinct().Order()]);
        Assert.Empty(_server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Link_WhenThePhoneHasChats_ShowsThemAsItDoes()
    {
        var chats = await _phone.GiveHistoryAsync(Plan with { Unread = 2, HasViews = true, EventEvery = 47, MissedCallEvery = 32 }, Ct);
        var before = _bruno.CreateGroup("From before", [_phone.PhoneNumber]).Jid.ToString();

        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();

        var list = (await (await _http.AskAsync($"/api/sessions/{session}/chats?limit=200")).JsonAsync()).GetProperty("chats").EnumerateArray().ToList();
        var (bruno, other, group) = (Chat(_bruno.Lid.ToString()), Chat("200000000000001@lid"), Chat(chats[2].Chat));
        Assert.Equal(("Bruno", true, 2), (Name(bruno), bruno.GetProperty("is_archived").GetBoolean(), bruno.GetProperty("unread_count").GetInt32()));
        Assert.Equal((chats[1].Name, false), (Name(other), other.GetProperty("is_archived").GetBoolean()));
        Assert.Equal(JsonValueKind.String, other.GetProperty("pinned_at").ValueKind);
        Assert.Equal((chats[2].Name, JsonValueKind.String), (Name(group), group.GetProperty("muted_until").ValueKind));
        Assert.Equal("From before", Name(Chat(before)));

        var rows = await RowsAsync(session);
        var happening = rows.First(row => row.GetProperty("content").GetProperty("type").ValueEquals("event")).GetProperty("content");
        Assert.Equal("going", happening.GetProperty("answers").EnumerateObject().Single().Value.GetProperty("value").GetString());
        var call = rows.First(row => row.GetProperty("content").GetProperty("type").ValueEquals("call_log")).GetProperty("content");
        Assert.Equal(("missed", true), (call.GetProperty("outcome").GetString(), call.GetProperty("isVideo").GetBoolean()));
        var contact = await (await _http.AskAsync($"/api/sessions/{session}/contacts/{Theirs}")).JsonAsync();
        Assert.Equal("Bruno", contact.GetProperty("pushName").GetString());

        JsonElement Chat(string jid) => list.Single(chat => chat.GetProperty("chat").ValueEquals(jid));

        static string? Name(JsonElement chat) => chat.GetProperty("name").GetString();
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Link_WhenVotesOfThePastAreSealed_OpensThem()
    {
        var chats = await _phone.GiveHistoryAsync(Plan with { PollEvery = 33, HasSealedVotes = true, MediaEvery = 0 }, Ct);

        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();

        var rows = (await RowsAsync(session)).ToDictionary(Id);
        foreach (var chat in chats)
        {
            var votes = rows[chat.MessageIds[32]].GetProperty("content").GetProperty("votes");
            Assert.Equal("no", votes.EnumerateObject().Single().Value.GetProperty("value")[0].GetString());
        }
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Link_WhenTheServerIsStoppedInBetween_GoesOnAfterTheStart()
    {
        var chats = await _phone.GiveHistoryAsync(Plan, Ct);
        _server.WhatsApp.Faults.Add(new Fault(FaultKind.RefuseDownload, Count: 1000, Code: 503));
        var session = await _server.ConnectSessionAsync(_phone);
        await _server.WaitForEventAsync(EventTypes.HistoryProgress, "\"initial\"");

        await _server.StopHostAsync();
        _server.WhatsApp.Faults.Clear();
        await _server.StartHostAsync();
        _http.Dispose();
        _http = _server.Http();
        await DoneAsync();

        Assert.Equal(chats.SelectMany(chat => chat.MessageIds.Take(110)).Order(), (await RowsAsync(session)).Select(Id).Order());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Ask_WhenThePhoneHasOlderMessages_StoresThem()
    {
        var chats = await _phone.GiveHistoryAsync(Plan, Ct);
        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();

        var asked = await (await _http.PostAsync($"/api/sessions/{session}/chats/{Theirs}/history", new { count = 25 })).JsonAsync(HttpStatusCode.Accepted);
        var requestId = asked.GetProperty("requestId").GetString()!;
        var told = JsonElement.Parse((await _server.WaitForEventAsync(EventTypes.HistoryProgress, requestId)).Payload);
        var rows = await RowsAsync(session, $"&chat={Theirs}");

        Assert.Equal((chats[0].MessageIds[109], 25, false),
            (asked.GetProperty("before").GetString(), asked.GetProperty("count").GetInt32(), asked.GetProperty("isAlreadyAsked").GetBoolean()));
        Assert.Equal(("on_demand", 25, true), (told.GetProperty("syncType").GetString(), told.GetProperty("messages").GetInt32(), told.GetProperty("hasMore").GetBoolean()));
        Assert.Equal(chats[0].MessageIds.Take(135), rows.Select(Id));
        Assert.Empty(_server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Ask_WhenItMakesNoSense_SaysWhy()
    {
        var session = await _server.ConnectSessionAsync(_phone);

        await (await _http.PostAsync($"/api/sessions/{session}/chats/{Theirs}/history")).ProblemAsync(HttpStatusCode.NotFound, "chat_not_found");
        await (await _http.PostAsync($"/api/sessions/{session}/chats/status@broadcast/history")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_chat");
        await (await _http.PostAsync($"/api/sessions/{session}/chats/{Theirs}/history", new { count = 0 })).ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");
        await (await _http.PostAsync($"/api/sessions/{Guid.NewGuid()}/chats/{Theirs}/history")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");

        await _bruno.SendTextAsync(Ours, "hello", Ct);
        await _server.WaitForEventAsync(EventTypes.MessageReceived);
        await _http.DeleteAsync($"/api/sessions/{session}", Ct);
        await (await _http.PostAsync($"/api/sessions/{session}/chats/{Theirs}/history")).ProblemAsync(HttpStatusCode.Conflict, "session_not_connected");
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Media_WhenItIsOfThePast_IsFetchedWhenSomebodyAsks()
    {
        await _phone.GiveHistoryAsync(Plan, Ct);
        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();
        var media = (await RowsAsync(session)).First(row => row.GetProperty("content").GetProperty("type").ValueEquals("image")).GetProperty("content").GetProperty("media");
        var address = $"/api/media/{media.GetProperty("id").GetString()}";
        Assert.DoesNotContain(await _server.EventsAsync(), e => e.Type == EventTypes.MediaStatus);

        await (await _http.AskAsync(address)).ProblemAsync(HttpStatusCode.Conflict, "media_pending");
        await _server.WaitForEventAsync(EventTypes.MediaStatus, "\"stored\"");
        using var file = await _http.AskAsync(address);

        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal(2_048, (await file.Content.ReadAsByteArrayAsync(Ct)).Length);
        Assert.Single(await _server.EventsAsync(), e => e.Type == EventTypes.MediaStatus);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenOnlyThePhoneGotTheMessage_ReplacesThePlaceholder()
    {
        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();
        _server.WhatsApp.Faults.Add(new Fault(FaultKind.Withhold));

        var id = await _bruno.SendTextAsync(Ours, "for your phone", Ct);
        await _server.WaitForEventAsync(EventTypes.MessageReceived, id);

        var row = Assert.Single(await RowsAsync(session));
        Assert.Equal((id, "received", "live"), (Id(row), row.GetProperty("status").GetString(), row.GetProperty("origin").GetString()));
        Assert.Equal("for your phone", row.GetProperty("content").GetProperty("text").GetString());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Connect_WhenMessagesHaveWaited_TellsWhenAllAreHere()
    {
        var session = await _server.ConnectSessionAsync(_phone);
        await DoneAsync();
        await _server.StopHostAsync();
        var first = await _bruno.SendTextAsync(Ours, "one", Ct);
        var second = await _bruno.SendTextAsync(Ours, "two", Ct);

        await _server.StartHostAsync();
        _http.Dispose();
        _http = _server.Http();
        var caughtUp = await _server.WaitForEventAsync(EventTypes.CaughtUp);

        var payload = JsonElement.Parse(caughtUp.Payload);
        Assert.Equal(session, payload.GetProperty("sessionId").GetGuid());
        Assert.True(payload.GetProperty("count").GetInt32() >= 2);
        var told = (await _server.EventsAsync()).Where(e => e.Type == EventTypes.MessageReceived).ToList();
        Assert.Equal([first, second], told.Select(e => JsonElement.Parse(e.Payload).GetProperty("message").GetProperty("messageId").GetString()));
        Assert.All(told, e => Assert.True(e.EventId < caughtUp.EventId));
        Assert.All(await RowsAsync(session), row => Assert.Equal("offline", row.GetProperty("origin").GetString()));
    }

    private static string Id(JsonElement row) => row.GetProperty("whatsapp_id").GetString()!;

    private static DateTimeOffset Time(JsonElement row) => row.GetProperty("timestamp").GetDateTimeOffset();

    private async Task<JsonElement> DoneAsync() =>
        JsonElement.Parse((await _server.WaitForEventAsync(EventTypes.HistoryProgress, "\"progress\":100")).Payload);

    /// <summary>All rows, page by page.</summary>
    private async Task<List<JsonElement>> RowsAsync(Guid session, string query = "")
    {
        var rows = new List<JsonElement>();
        for (string? next = ""; next is not null;)
        {
            var page = await (await _http.AskAsync($"/api/sessions/{session}/messages?limit=100{query}{(next.Length > 0 ? $"&before={next}" : "")}")).JsonAsync();
            rows.AddRange(page.GetProperty("messages").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }

        return rows;
    }
}
