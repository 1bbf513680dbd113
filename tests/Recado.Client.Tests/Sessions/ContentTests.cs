using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Phones;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

public sealed class ContentTests : PairedSessionTests
{
    [Fact]
    public async Task Send_OfEachKind_TellsTheServiceWhatItIs()
    {
        var text = await SendAsync(new TextContent("hello"));
        var own = new MessageTarget(text.Id, null, IsFromActor: true);
        (MessageContent Content, string Kind, string Type, string? Edit, bool Hides)[] kinds =
        [
            (new LocationContent(-23.5, -46.6) { Name = "Office" }, "location", "text", null, false),
            (new ContactsContent([new("Carla", "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD")]), "contacts", "media", null, false),
            (new PollContent("Lunch?", ["Yes", "No"], 1), "poll", "poll", null, false),
            (new EventContent("Party", DateTimeOffset.UnixEpoch.AddDays(1)), "event", "event", null, false),
            (new ReactionContent(own, "👍"), "reaction", "reaction", null, true),
            (new ReactionContent(own, ""), "reaction", "reaction", "7", true),
            (new EditContent(own, new TextContent("hello!")), "edit", "text", "1", true),
            (new PinContent(own, IsPinned: true, TimeSpan.FromDays(1)), "pin", "text", "2", true),
            (new RevokeContent(own), "revoke", "text", "7", true),
        ];

        foreach (var (content, kind, type, edit, hides) in kinds)
        {
            var arrived = await SendAsync(content);

            Assert.Equal(kind, arrived.Kind);
            var stanza = StanzaOf(arrived.Id);
            Assert.Equal((type, edit), (stanza["type"], stanza["edit"]));
            Assert.All(
                stanza.RequiredChild("participants").Children,
                to => Assert.Equal(hides ? "hide" : null, to.RequiredChild("enc")["decrypt-fail"]));
        }

        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_OfContent_CarriesAReportingToken()
    {
        var text = await SendAsync(new TextContent("hello"));
        var reaction = await SendAsync(new ReactionContent(new(text.Id, null, IsFromActor: true), "👍"));

        Assert.Equal(16, StanzaOf(text.Id).RequiredChild("reporting").RequiredChild("reporting_token").Bytes.Length);
        Assert.Null(StanzaOf(reaction.Id).Child("reporting"));
    }

    [Fact]
    public async Task Send_OfAReplyWithMentions_UsesTheNamesOfTheChat()
    {
        var id = await _bruno.SendTextAsync("5511900000001", "who comes?", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);

        var arrived = await SendAsync(
            new TextContent("@5511900000002 does")
            {
                Context = new() { Quote = new(id, _bruno.Jid, new TextContent("who comes?")), Mentions = [_bruno.Jid] },
            });

        Assert.Equal($"@{_bruno.Lid.User} does", arrived.Text);
        var sent = Assert.IsType<TextContent>(Assert.Single(_session.Events.OfType<MessageQueued>()).Message.Content);
        Assert.Equal((id, _bruno.Lid), (sent.Context?.Quote?.Id, sent.Context?.Quote?.Author));
        Assert.Equal([_bruno.Lid], sent.Context!.Mentions);
    }

    [Fact]
    public async Task Receive_OfVotesInOurPoll_GivesTheOptions()
    {
        var poll = await SendAsync(new PollContent("Lunch?", ["Yes", "No"], 1));

        var vote = await _bruno.VoteAsync(poll.Id, ["No"], Ct);

        var received = Assert.IsType<PollVoteContent>((await ReceiveAsync(vote)).Content);
        Assert.Equal(["No"], received.Options);
        Assert.Equal(poll.Id, received.Poll.Id);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Receive_OfAVoteAfterARestart_GivesTheOptions()
    {
        var poll = await SendAsync(new PollContent("Lunch?", ["Yes", "No"], 1));
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        var vote = await _bruno.VoteAsync(poll.Id, ["Yes"], Ct);

        Assert.Equal(["Yes"], Assert.IsType<PollVoteContent>((await ReceiveAsync(vote)).Content).Options);
    }

    [Fact]
    public async Task Receive_OfAnAnswerToOurEvent_GivesTheAnswer()
    {
        var happening = await SendAsync(new EventContent("Party", DateTimeOffset.UnixEpoch.AddDays(1)));

        var answer = await _bruno.AnswerEventAsync(happening.Id, EventAnswer.Maybe, Ct);

        Assert.Equal(EventAnswer.Maybe, Assert.IsType<EventResponseContent>((await ReceiveAsync(answer)).Content).Answer);
    }

    [Fact]
    public async Task Send_OfAVoteInTheirPoll_CanBeReadByThem()
    {
        var poll = await _bruno.SendMessageAsync(
            "5511900000001",
            $$$"""
            {"pollCreationMessageV3":{"name":"Lunch?","options":[{"optionName":"Yes"},{"optionName":"No"}],"selectableOptionsCount":1},
             "messageContextInfo":{"messageSecret":"{{{Convert.ToBase64String(new byte[32])}}}"}}
            """,
            Ct);
        await ReceiveAsync(poll);

        var arrived = await SendAsync(PollVoteContent.For(new(poll, null, IsFromActor: false), ["Yes"]));

        Assert.Equal(("poll_vote", "Yes"), (arrived.Kind, arrived.Text));
        Assert.Equal("vote", StanzaOf(arrived.Id).RequiredChild("meta")["polltype"]);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_OfAVoteInAnUnknownPoll_SaysSo()
    {
        var vote = PollVoteContent.For(new("3EB0AAAAAAAAAAAAAAAAAA", null, IsFromActor: false), ["Yes"]);

        var result = await _session.Client.SendAsync(new(_bruno.Jid, vote), Ct);

        Assert.IsType<SendResult.TargetUnknown>(result);
        Assert.Empty(_session.Events.OfType<MessageQueued>());
    }

    [Fact]
    public async Task Send_WhenTheRecipientLostItsSession_GivesAnyKindAgain()
    {
        await SendAsync(new TextContent("first"));
        await _bruno.SendTextAsync("5511900000001", "hello back", Ct); // so that the session is established both ways
        await _session.WaitAsync<MessageReceived>(Ct);
        _bruno.ForgetSessions();

        var arrived = await SendAsync(new PollContent("Lunch?", ["Yes", "No"], 1));

        Assert.Equal(("poll", "Lunch?"), (arrived.Kind, arrived.Text));
        var again = _service.Trace.Entries.OfType<StanzaEntry>().Last(IsSent(arrived.Id)).Node;
        Assert.Equal(("poll", "creation", "false"), (again["type"], again.RequiredChild("meta")["polltype"], again["device_fanout"]));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Send_OfAMenu_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(
            () => _session.Client.SendAsync(new(_bruno.Jid, new MenuContent(MenuKind.List, [], [])), Ct));

    private async Task<InboxMessage> SendAsync(MessageContent content)
    {
        var sent = Assert.IsType<SendResult.Sent>(await _session.Client.SendAsync(new(_bruno.Jid, content), Ct));
        return await _bruno.WaitForMessageAsync(message => message.Id == sent.MessageId, Ct);
    }

    private Task<MessageReceived> ReceiveAsync(string id) => _session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);

    private Protocol.Binary.Node StanzaOf(string id) => _service.Trace.Entries.OfType<StanzaEntry>().First(IsSent(id)).Node;

    private static Func<StanzaEntry, bool> IsSent(string id) =>
        entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == "message" && entry.Node["id"] == id;
}
