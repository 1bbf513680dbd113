using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;

namespace Recado.Interop.Tests;

/// <summary>Every kind of message between two real clients: what the simulator must carry before our server is measured by it.</summary>
public sealed class BaileysKindsTests(BaileysPair pair) : IClassFixture<BaileysPair>
{
    public static TheoryData<string> Kinds => [.. BaileysKinds.All.Select(k => k.Name)];

    [Theory(Timeout = Limits.Test)]
    [MemberData(nameof(Kinds))]
    public async Task Message_WhenSent_ArrivesAsItIs(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var kind = BaileysKinds.All.Single(k => k.Name == name);
        using var file = new SampleFile();
        var theirs = await pair.Ben.SendTextAsync(pair.AnaChat, "theirs", ct);
        await pair.Ana.ReceiveByIdAsync(theirs, ct);
        var own = await pair.Ana.SendTextAsync(pair.BenChat, "own", ct);
        await pair.Ben.ReceiveByIdAsync(own, ct);

        string Filled(string text) => text.Replace("{own}", own).Replace("{theirs}", theirs).Replace("{file}", file.Path).Replace("{sha256}", file.Sha256);
        var content = JsonElement.Parse(Filled(kind.Content));
        var id = kind.IsRelayed
            ? await pair.Ana.RelayAsync(pair.BenChat, content, ct)
            : await pair.Ana.SendAsync(pair.BenChat, content, ct, JsonElement.Parse(Filled(kind.Options)));

        var received = await pair.Ben.ReceiveByIdAsync(id, ct);
        JsonPart.Contained(Filled(kind.Protobuf), received.Content);
        if (kind.Then is { } then)
            await pair.Ben.TakeAboutAsync(then.Name, Filled(then.MessageId), ct);
        if (kind.IsFile)
            Assert.Equal(file.Sha256, await pair.Ben.DownloadAsync(id, ct));
        await pair.BenPhone.WaitForMessageAsync(m => m.Id == id, ct);
        await pair.AnaPhone.WaitForMessageAsync(m => m.Id == id, ct);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Vote_WhenGiven_IsDecryptedByItsPoll()
    {
        var ct = TestContext.Current.CancellationToken;
        var poll = await pair.Ana.SendAsync(pair.BenChat, new { poll = new { name = "Lunch?", values = new[] { "Yes", "No" }, selectableCount = 1 } }, ct);
        await pair.Ben.ReceiveByIdAsync(poll, ct);

        var id = await pair.Ben.VoteAsync(poll, ["No"], ct);

        var vote = await pair.Ana.TakeAboutAsync("vote", id, ct);
        JsonPart.Contained($$"""{"pollId": "{{poll}}", "options": ["No"]}""", vote);
        await pair.AnaPhone.WaitForMessageAsync(m => m.Id == id && m.Kind == "poll_vote" && m.Text == "No", ct);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Answer_WhenGiven_IsDecryptedByItsEvent()
    {
        var ct = TestContext.Current.CancellationToken;
        var happening = await pair.Ana.SendAsync(
            pair.BenChat, JsonElement.Parse("""{"event": {"name": "Party", "startDate": {"$date": "2027-01-31T20:00:00Z"}}}"""), ct);
        await pair.Ben.ReceiveByIdAsync(happening, ct);

        var id = await pair.Ben.AnswerEventAsync(happening, "MAYBE", ct);

        var answer = await pair.Ana.TakeAboutAsync("answer", id, ct);
        JsonPart.Contained($$"""{"eventId": "{{happening}}", "answer": "MAYBE"}""", answer);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Typing_WhenAnnounced_IsSeen()
    {
        var ct = TestContext.Current.CancellationToken;
        await pair.Ben.CallAsync("sendPresenceUpdate", ct, "available"); // WhatsApp tells only who appears online

        foreach (var (state, seen) in new[] { ("composing", "composing"), ("recording", "recording"), ("paused", "available") })
        {
            await pair.Ana.CallAsync("sendPresenceUpdate", ct, state, pair.BenChat);
            await pair.Ben.PresenceAsync(seen, ct);
        }

        await pair.Ben.CallAsync("sendPresenceUpdate", ct, "unavailable");
        Peace.AssertKept(pair.Service);
    }
}
