using System.Security.Cryptography;
using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;
using Recado.Server.Tests.Media;

namespace Recado.Interop.Tests;

/// <summary>Every kind of message between Baileys and our server, both ways.</summary>
public sealed class ServerKindsTests(SharedConversation shared) : IClassFixture<SharedConversation>
{
    public static TheoryData<string> Received => [.. BaileysKinds.All.Select(k => k.Name)];

    public static TheoryData<string> Sent => [.. ServerKinds.All.Select(k => k.Name)];

    private Conversation Talk => shared.Talk;

    [Theory(Timeout = Limits.Test)]
    [MemberData(nameof(Received))]
    public async Task Message_WhenBaileysSendsIt_BecomesAnEvent(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var kind = BaileysKinds.All.Single(k => k.Name == name);
        using var file = new SampleFile();
        var (ours, theirs) = await TalkFirstAsync(ct);

        string Filled(string text) => text.Replace("{own}", theirs).Replace("{theirs}", ours).Replace("{file}", file.Path).Replace("{sha256}", file.Sha256);
        var content = JsonElement.Parse(Filled(kind.Content));
        var id = kind.IsRelayed
            ? await Talk.Baileys.RelayAsync(shared.Chat, content, ct)
            : await Talk.Baileys.SendAsync(shared.Chat, content, ct, JsonElement.Parse(Filled(kind.Options)));

        var message = await Talk.Server.MessageAsync(Talk.Session, kind.EventType, id, ct);
        JsonPart.Contained(Filled(kind.Event), message.GetProperty("content"));
        Assert.Equal(Talk.TheirPhone.PhoneNumber, message.GetProperty("phoneNumber").GetString());
        if (kind.IsFile)
            Assert.Equal(file.Sha256, await Talk.Server.DownloadAsync(Talk.Session, id, ct));
        if (kind.Undo is { } undo)
            await Talk.Server.MessageAsync(Talk.Session, kind.EventType, await Talk.Baileys.SendAsync(shared.Chat, JsonElement.Parse(undo), ct), ct);
        Peace.AssertKept(Talk.Service);
    }

    [Theory(Timeout = Limits.Test)]
    [MemberData(nameof(Sent))]
    public async Task Message_WhenTheServerSendsIt_ReachesBaileys(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var kind = ServerKinds.All.Single(k => k.Name == name);
        var (ours, theirs) = await TalkFirstAsync(ct);
        var file = kind.File is { } extension ? SampleFiles.Of(extension) : null;
        var upload = file is null ? "" : await Talk.Server.UploadAsync(Talk.Session, file, ct);

        string Filled(string text) => text.Replace("{own}", ours).Replace("{theirs}", theirs).Replace("{file}", upload)
            .Replace("{to}", Talk.TheirPhone.PhoneNumber).Replace("{lid}", Talk.TheirPhone.Lid.User);
        var body = JsonElement.Parse(Filled(kind.Request));
        var answer = await Talk.Server.RequestAsync(
            new HttpMethod(kind.Method), $"/api/sessions/{Talk.Session}/{Filled(kind.Path)}",
            body.ValueKind == JsonValueKind.Null ? null : body, ct);

        var received = await Talk.Baileys.ReceiveByIdAsync(answer.GetProperty("messageId").GetString()!, ct);
        JsonPart.Contained(Filled(kind.Protobuf), received.Content);
        if (kind.Then is { } then)
            await Talk.Baileys.TakeAboutAsync(then.Name, Filled(then.MessageId), ct);
        if (file is not null)
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), await Talk.Baileys.DownloadAsync(received.Id, ct));
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Vote_WhenBaileysGivesIt_IsDecrypted()
    {
        var ct = TestContext.Current.CancellationToken;
        var poll = await SendAsync("""{"to": "{to}", "type": "poll", "poll": {"question": "Lunch?", "options": ["Yes", "No"]}}""", ct);
        await Talk.Baileys.ReceiveByIdAsync(poll, ct);

        var id = await Talk.Baileys.VoteAsync(poll, ["No", "Yes"], ct);

        var vote = await Talk.Server.MessageAsync(Talk.Session, "message_received", id, ct);
        JsonPart.Contained($$"""{"type": "poll_vote", "target": {"messageId": "{{poll}}"}, "options": ["Yes", "No"]}""", vote.GetProperty("content"));
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Vote_WhenTheServerGivesIt_IsDecryptedByBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        var poll = await Talk.Baileys.SendAsync(
            shared.Chat, JsonElement.Parse("""{"poll": {"name": "Lunch?", "values": ["Yes", "No"], "selectableCount": 1}}"""), ct);
        await Talk.Server.MessageAsync(Talk.Session, "message_received", poll, ct);

        var id = await SendAsync($$$"""{"to": "{to}", "type": "poll_vote", "poll_vote": {"messageId": "{{{poll}}}", "options": ["No"]}}""", ct);

        JsonPart.Contained($$"""{"pollId": "{{poll}}", "options": ["No"]}""", await Talk.Baileys.TakeAboutAsync("vote", id, ct));
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Answer_WhenBaileysGivesIt_IsDecrypted()
    {
        var ct = TestContext.Current.CancellationToken;
        var happening = await SendAsync("""{"to": "{to}", "type": "event", "event": {"name": "Party", "startsAt": "2027-01-31T20:00:00Z"}}""", ct);
        await Talk.Baileys.ReceiveByIdAsync(happening, ct);

        var id = await Talk.Baileys.AnswerEventAsync(happening, "NOT_GOING", ct);

        var answer = await Talk.Server.MessageAsync(Talk.Session, "message_received", id, ct);
        JsonPart.Contained(
            $$"""{"type": "event_response", "target": {"messageId": "{{happening}}"}, "answer": "not_going"}""", answer.GetProperty("content"));
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Answer_WhenTheServerGivesIt_IsDecryptedByBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        var happening = await Talk.Baileys.SendAsync(
            shared.Chat, JsonElement.Parse("""{"event": {"name": "Party", "startDate": {"$date": "2027-01-31T20:00:00Z"}}}"""), ct);
        await Talk.Server.MessageAsync(Talk.Session, "message_received", happening, ct);

        var id = await SendAsync(
            $$$"""{"to": "{to}", "type": "event_response", "event_response": {"messageId": "{{{happening}}}", "answer": "going"}}""", ct);

        JsonPart.Contained($$"""{"eventId": "{{happening}}", "answer": "GOING"}""", await Talk.Baileys.TakeAboutAsync("answer", id, ct));
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Message_WhenTheServerReadsIt_IsReadForBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        var (_, theirs) = await TalkFirstAsync(ct);

        await Talk.Server.PostAsync($"/api/sessions/{Talk.Session}/messages/{theirs}/read", new { }, ct);

        await Talk.Baileys.StatusAsync(theirs, "READ", ct);
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Typing_WhenTheServerTypes_IsSeenByBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        await TalkFirstAsync(ct); // WhatsApp tells only who appears online, and Baileys does once it knows its own name
        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "available");

        foreach (var (state, seen) in new[] { ("composing", "composing"), ("recording", "recording"), ("paused", "available") })
        {
            await Talk.Server.PostAsync($"/api/sessions/{Talk.Session}/chats/{Talk.TheirPhone.PhoneNumber}/typing", new { state }, ct);
            await Talk.Baileys.PresenceAsync(seen, ct);
        }

        await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, "unavailable");
        Peace.AssertKept(Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Typing_WhenBaileysTypes_IsTold()
    {
        var ct = TestContext.Current.CancellationToken;
        await Talk.Server.PostAsync($"/api/sessions/{Talk.Session}/presence", new { state = "available" }, ct);

        foreach (var state in new[] { "composing", "recording", "paused" })
        {
            await Talk.Baileys.CallAsync("sendPresenceUpdate", ct, state, shared.Chat);
            var e = await Talk.Server.TakeAsync("chat_state", Talk.Session, e => e.GetProperty("state").ValueEquals(state), ct);
            Assert.Equal(Talk.TheirPhone.PhoneNumber, e.GetProperty("phoneNumber").GetString());
        }

        await Talk.Server.PostAsync($"/api/sessions/{Talk.Session}/presence", new { state = "unavailable" }, ct);
        Peace.AssertKept(Talk.Service);
    }

    private async Task<string> SendAsync(string request, CancellationToken ct)
    {
        var body = JsonElement.Parse(request.Replace("{to}", Talk.TheirPhone.PhoneNumber));
        return (await Talk.Server.PostAsync($"/api/sessions/{Talk.Session}/messages", body, ct)).GetProperty("messageId").GetString()!;
    }

    /// <summary>A message each way, for what the test says about messages.</summary>
    private async Task<(string Ours, string Theirs)> TalkFirstAsync(CancellationToken ct)
    {
        var ours = await Talk.Server.SendTextAsync(Talk.Session, Talk.TheirPhone.PhoneNumber, "theirs", ct);
        await Talk.Baileys.ReceiveByIdAsync(ours, ct);
        var theirs = await Talk.Baileys.SendTextAsync(shared.Chat, "theirs", ct);
        await Talk.Server.MessageAsync(Talk.Session, "message_received", theirs, ct);
        return (ours, theirs);
    }
}
