using System.Security.Cryptography.X509Certificates;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Client.Receiving;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.History;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>What the phone remembers: after linking, on request, and in place of what this device could not read.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private const int Patience = 60_000;

    private SimulatedService _service = null!;
    private SimulatedPhone _ana = null!;
    private SimulatedPhone _bia = null!;
    private HttpClient? _http;
    private TestSession? _session;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static HistoryPlan Plan => new() { Chats = 3, Groups = 1, MessagesPerChat = 260, ChunkSize = 400, Unread = 2, ReactionEvery = 50, PollEvery = 70 };

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _ana = _service.AddPhone("5511900000001", "Ana");
        _bia = _service.AddPhone("5511900000002", "Bia");
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
            await session.DisposeAsync();
        _http?.Dispose();
        await _service.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenThePhoneHasAPast_PublishesEveryMessageOnce()
    {
        var chats = await _ana.GiveHistoryAsync(Plan, Ct);

        var session = await LinkAsync();
        await DoneAsync(session);

        var messages = Received(session);
        var own = messages.Where(message => message.Content is not (ReactionContent or PollVoteContent)).ToList();
        Assert.Equal(chats.SelectMany(chat => chat.MessageIds).Order(), own.Select(message => message.Envelope.Id).Order());
        Assert.All(messages, message => Assert.Equal(MessageOrigin.History, message.Envelope.Origin));
        Assert.All(session.Events.OfType<HistoryReceived>(), part => Assert.InRange(part.Messages.Count, 1, 220));
        Assert.Empty(session.Events.OfType<MessageReceived>());
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.HistoryJob, null, Ct));
        Assert.Equal(3 * 260, session.Events.OfType<HistoryProgress>().Sum(part => part.Messages));
        Assert.InRange(_service.ForgetMedia(), 3, 4); // of the five parts two were downloaded, and the first of these has been deleted by now
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenThePhoneHasAPast_TellsWhoWroteWhatAndWhatWasSaidAboutIt()
    {
        var chats = await _ana.GiveHistoryAsync(Plan, Ct);

        var session = await LinkAsync();
        await DoneAsync(session);

        var messages = Received(session).ToLookup(message => message.Envelope.Id);
        var newest = messages[chats[0].MessageIds[1]].Single();
        Assert.Equal((_bia.Lid, _bia.Lid, _bia.Jid, false), (newest.Envelope.Chat, newest.Envelope.Sender, newest.Envelope.PhoneNumber, newest.Envelope.FromMe));
        Assert.Equal(MessageStatus.Delivered, newest.Status); // one of the two unread ones
        Assert.Equal(MessageStatus.Read, messages[chats[0].MessageIds[5]].Single().Status);
        var byNumber = messages[chats[1].MessageIds[0]].Single().Envelope; // the phone keeps this chat under the number
        Assert.Equal((new Jid("200000000000001", JidServer.Lid), true, _ana.Lid), (byNumber.Chat, byNumber.FromMe, byNumber.Sender));
        var inGroup = messages[chats[2].MessageIds[1]].Single().Envelope;
        Assert.True(inGroup is { IsGroup: true, Sender.IsLid: true, PhoneNumber: not null });
        Assert.Equal(20, messages[chats[2].MessageIds[^1]].Single().Notice);
        Assert.Contains(Received(session), message => message.Content is ReactionContent { Emoji: "👍" } reaction && reaction.Target.Id == chats[0].MessageIds[49]);
        Assert.Contains(Received(session), message => message.Content is PollVoteContent { Options: ["yes"] } vote && vote.Poll.Id == chats[0].MessageIds[69]);
        Assert.Contains(session.Events.OfType<PushNameChanged>(), change => change == new PushNameChanged(_bia.Lid, "Bia"));
        Assert.NotEmpty(await session.Store.ListAsync(DeviceRecordKind.MessageSecret, null, Ct));
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenTheHistoryHoldsTokens_AttachesThemToMessages()
    {
        await _ana.GiveHistoryAsync(Plan with { MessagesPerChat = 5 }, Ct);
        var carla = _service.AddPhone("5511900000003", "Carla"); // has given no token
        var session = await LinkAsync();
        await DoneAsync(session);

        var toBia = await session.SendTextAsync(_bia.Jid, "you know me", Ct, "3EB0000000000000000001");
        var toCarla = await session.SendTextAsync(carla.Jid, "you do not", Ct, "3EB0000000000000000002");

        Assert.All([toBia, toCarla], result => Assert.IsType<SendResult.Sent>(result));
        Assert.NotNull(Sent("3EB0000000000000000001").Child("tctoken"));
        Assert.NotNull(Sent("3EB0000000000000000002").Child("cstoken"));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenTheProcessDiesInTheMiddle_GoesOnWhereItWas()
    {
        var chats = await _ana.GiveHistoryAsync(Plan with { ReactionEvery = 0, PollEvery = 0 }, Ct);
        var session = await LinkAsync(isPaired: false);
        var parts = 0;
        session.BeforeSaving = batch => batch.Events.OfType<HistoryReceived>().Any(part => part.Kind == HistoryKind.Recent) && ++parts == 2
            ? throw new IOException("The process was killed.")
            : Task.CompletedTask;
        await ScanAsync(session);
        await Assert.ThrowsAsync<IOException>(() => session.Reading.WaitAsync(Ct));
        var before = Received(session);

        _session = await session.RestartAsync(Options(), Ct);
        await DoneAsync(_session);

        var ids = before.Concat(Received(_session)).Select(message => message.Envelope.Id);
        Assert.Equal(chats.SelectMany(chat => chat.MessageIds).Order(), ids.Order());
        Assert.NotEmpty(before);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenTheHostHasForgottenTheParts_GetsThemByWayOfThePhone()
    {
        var chats = await _ana.GiveHistoryAsync(Plan, Ct);
        _service.ForgetMedia();

        var session = await LinkAsync();
        await DoneAsync(session);

        Assert.All(chats.SelectMany(chat => chat.MessageIds), id => Assert.Contains(Received(session), message => message.Envelope.Id == id));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Link_WhenAPartIsDamaged_SaysSoAndReadsTheOthers()
    {
        await _ana.GiveHistoryAsync(Plan, Ct);
        _service.Faults.Add(new(FaultKind.CorruptDownload));

        var session = await LinkAsync();
        await DoneAsync(session);

        var failed = Assert.Single(session.Events.OfType<HistoryProgress>(), part => part.Failure is not null);
        Assert.Equal(0, failed.Messages);
        Assert.NotEmpty(Received(session));
        Assert.Equal(SessionState.Connected, session.Client.State);
    }

    [Fact(Timeout = Patience)]
    public async Task RequestHistory_WhenThePhoneHasOlderMessages_PublishesThem()
    {
        var chats = await _ana.GiveHistoryAsync(Plan with { OnlyOnPhone = 60 }, Ct);
        var session = await LinkAsync();
        await DoneAsync(session);
        session.Forget();

        var oldest = new MessageTarget(chats[0].MessageIds[199], _bia.Lid, IsFromActor: false);
        var request = await session.Client.RequestHistoryAsync(_bia.Jid, oldest, TimeProvider.System.GetUtcNow(), 40, Ct);
        var progress = await session.WaitAsync<HistoryProgress>(Ct);

        Assert.True(request.IsNew);
        Assert.Equal((HistoryKind.OnDemand, 40, true, request.Id, _bia.Lid, true),
            (progress.Kind, progress.Messages, progress.IsDone, progress.RequestId, progress.Chat, progress.HasMore));
        var older = Received(session).Where(message => message.Content is not (ReactionContent or PollVoteContent)).Select(message => message.Envelope.Id);
        Assert.Equal(chats[0].MessageIds.Skip(200).Take(40), older);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task RequestHistory_WhenThePhoneDoesNotAnswer_SaysSoAndAsksOnceAtATime()
    {
        _service.Faults.Add(new(FaultKind.IgnorePeerRequest));
        var session = await LinkAsync(Options() with { HistoryRequestTimeout = TimeSpan.FromSeconds(3) });
        var oldest = new MessageTarget("AAAA", _bia.Lid, IsFromActor: false);

        var first = await session.Client.RequestHistoryAsync(_bia.Jid, oldest, TimeProvider.System.GetUtcNow(), 40, Ct);
        var second = await session.Client.RequestHistoryAsync(_bia.Jid, oldest, TimeProvider.System.GetUtcNow(), 40, Ct);
        var silent = await session.WaitAsync<HistoryUnanswered>(Ct);

        Assert.Equal(new HistoryRequest(first.Id, IsNew: false), second);
        Assert.Equal(first.Id, silent.RequestId);
        Assert.True((await session.Client.RequestHistoryAsync(_bia.Jid, oldest, TimeProvider.System.GetUtcNow(), 40, Ct)).IsNew);
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_WhenTheContentIsWithheld_GetsItFromThePhone()
    {
        var session = await LinkAsync();
        _service.Faults.Add(new(FaultKind.Withhold));

        var id = await _bia.SendTextAsync(_ana.PhoneNumber, "for your phone", Ct);
        var placeholder = await session.WaitAsync<MessageUndecryptable>(Ct);
        var message = await session.WaitAsync<MessageReceived>(Ct);

        Assert.Equal(id, message.Envelope.Id);
        Assert.Equal(placeholder.Envelope, message.Envelope);
        Assert.Equal(new TextContent("for your phone"), message.Content);
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.PlaceholderRequest, null, Ct));
        Assert.Single(Requests());
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_WhenTheAuthorDoesNotSendItAgain_GetsItFromThePhoneAfterAWhile()
    {
        var chat = (await _ana.GiveHistoryAsync(new HistoryPlan { Chats = 1, MessagesPerChat = 3 }, Ct))[0];
        var session = await LinkAsync(Options() with { PlaceholderDelay = TimeSpan.FromMilliseconds(200) });
        await DoneAsync(session);

        // A message of the phone's that reaches this device broken, and whose author keeps silent.
        await _service.SendStanzaAsync(
            new Node(
                "message",
                [("id", chat.MessageIds[1]), ("from", _bia.Lid), ("type", "text"), ("t", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), ("sender_pn", _bia.Jid)],
                [new Node("enc", [("v", "2"), ("type", "msg")], [0x33, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])]),
            _ana.PhoneNumber);
        await session.WaitAsync<MessageUndecryptable>(Ct);
        var message = await session.WaitAsync<MessageReceived>(Ct);

        Assert.Equal((chat.MessageIds[1], new TextContent("Message 1 of Bia"), MessageOrigin.Live), (message.Envelope.Id, message.Content, message.Envelope.Origin));
        Assert.Single(Requests());
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_WhenTheAuthorSendsItAgainInTime_DoesNotAskThePhone()
    {
        var session = await LinkAsync();
        await DoneAsync(session);
        _service.Faults.Add(new(FaultKind.Corrupt));

        var id = await _bia.SendTextAsync(_ana.PhoneNumber, "hello", Ct);
        await session.WaitAsync<MessageUndecryptable>(Ct);
        await session.WaitAsync<MessageReceived>(Ct, message => message.Envelope.Id == id);

        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.PlaceholderRequest, null, Ct));
        Assert.Empty(Requests());
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_WhenTheProcessDiesBeforeThePhoneIsAsked_AsksAfterTheRestart()
    {
        var session = await LinkAsync();
        _service.Faults.Add(new(FaultKind.Withhold));
        _service.Faults.Add(new(FaultKind.IgnorePeerRequest));
        session.AfterSaving = batch => batch.Events.OfType<MessageUndecryptable>().Any() ? throw new IOException("The process was killed.") : Task.CompletedTask;
        await _bia.SendTextAsync(_ana.PhoneNumber, "for your phone", Ct);
        await Assert.ThrowsAsync<IOException>(() => session.Reading.WaitAsync(Ct));
        _service.Faults.Clear();

        _session = await session.RestartAsync(Options(), Ct);

        var message = await _session.WaitAsync<MessageReceived>(Ct);
        Assert.Equal(new TextContent("for your phone"), message.Content);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("something_else", true)]
    [InlineData("view_once", false)]
    [InlineData("view_once_unavailable_fanout", false)]
    [InlineData("bot_unavailable_fanout", false)]
    [InlineData("hosted_unavailable_fanout", false)]
    public void IsForLinkedDevices_WhenWithheldOnPurpose_IsFalse(string? type, bool expected)
    {
        Assert.Equal(expected, PlaceholderResends.IsForLinkedDevices(type));
    }

    private static List<HistoricMessage> Received(TestSession session) =>
        [.. session.Events.OfType<HistoryReceived>().SelectMany(part => part.Messages)];

    private static Task<HistoryProgress> DoneAsync(TestSession session) =>
        session.WaitAsync<HistoryProgress>(Ct, part => part is { Kind: HistoryKind.Recent, IsDone: true });

    private async Task<TestSession> LinkAsync(ClientOptions? options = null, bool isPaired = true)
    {
        _session = new TestSession(options ?? Options());
        if (isPaired)
            await ScanAsync(_session);
        return _session;
    }

    private async Task ScanAsync(TestSession session)
    {
        await session.Client.StartAsync(Ct);
        var qr = await session.WaitAsync<QrIssued>(Ct);
        await _ana.ScanAsync(qr.Code, Ct);
        await session.ConnectedAsync(Ct);
    }

    private ClientOptions Options()
    {
        var options = TestSession.OptionsFor(_service);
        if (_http is null)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(_service.MediaAuthorityPem);
            _http = MediaHttp.Create(options, authorities);
        }

        return options with { MediaHttp = _http };
    }

    private Node Sent(string id) => _service.Trace.Entries.OfType<StanzaEntry>().Select(entry => entry.Node).Last(node => node.Tag == "message" && node["id"] == id);

    /// <summary>Messages of the client to its phone alone.</summary>
    private List<Node> Requests() =>
        [.. _service.Trace.Entries.OfType<StanzaEntry>().Select(entry => entry.Node).Where(node => node is { Tag: "message" } && node["push_priority"] == "high_force")];
}
