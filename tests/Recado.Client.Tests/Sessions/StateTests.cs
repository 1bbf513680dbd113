using Microsoft.Extensions.Time.Testing;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>How a session ends, comes back, or stays away.</summary>
public sealed class StateTests : IAsyncLifetime
{
    private const string OwnNumber = "5511900000001";

    private SimulatedService _service = null!;
    private SimulatedPhone _ana = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _ana = _service.AddPhone(OwnNumber, "Ana");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(400, SessionState.Error, DisconnectReason.Refused)]
    [InlineData(402, SessionState.Error, DisconnectReason.Banned)]
    [InlineData(409, SessionState.Error, DisconnectReason.Refused)]
    [InlineData(501, SessionState.Error, DisconnectReason.Refused)]
    public async Task Login_WhenRefusedForGood_StopsAndKeepsThePairing(int code, SessionState state, DisconnectReason reason)
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        await session.Client.StopAsync(Ct);
        _service.Faults.Add(new(FaultKind.RefuseLogin, Code: code));

        await session.Client.StartAsync(Ct);

        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == state);
        Assert.Equal(reason, end.Reason);
        Assert.NotNull(await session.Store.ReadAsync(new(DeviceRecordKind.Credentials, "self"), Ct));
    }

    [Theory]
    [InlineData(401, DisconnectReason.LoggedOut)]
    [InlineData(403, DisconnectReason.Banned)]
    [InlineData(406, DisconnectReason.Banned)]
    public async Task Login_WhenTheDeviceIsNoLongerKnown_ErasesItsKeys(int code, DisconnectReason reason)
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        await session.Client.StopAsync(Ct);
        _service.Faults.Add(new(FaultKind.RefuseLogin, Code: code));

        await session.Client.StartAsync(Ct);

        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.LoggedOut);
        Assert.Equal(reason, end.Reason);
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.Credentials, null, Ct));
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.PreKey, null, Ct));
        Assert.Null(session.Client.PhoneNumberJid);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Login_WhenTheServiceIsUnavailable_ComesBack(int code)
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        await session.Client.StopAsync(Ct);
        session.Forget();
        _service.Faults.Add(new(FaultKind.RefuseLogin, Count: 2, Code: code));

        await session.Client.StartAsync(Ct);

        await session.ConnectedAsync(Ct);
        Assert.Contains(
            session.Events.OfType<StateChanged>(),
            changed => changed is { State: SessionState.Reconnecting, Reason: DisconnectReason.ServerRestart });
    }

    [Fact]
    public async Task Login_WhenTheVersionIsOutdated_SaysSoAndTakesANewOneWithoutARestart()
    {
        var version = new ChangingVersion("2.3000.1");
        await using var session = await TestSession.PairAsync(_service, _ana, Ct, TestSession.OptionsFor(_service, version: version));
        await session.Client.StopAsync(Ct);
        _service.Faults.Add(new(FaultKind.RefuseLogin, Code: 405));
        await session.Client.StartAsync(Ct);
        var outdated = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Error);
        session.Forget();

        version.Text = "2.3000.2";
        await session.Client.StartAsync(Ct);

        await session.ConnectedAsync(Ct);
        Assert.Equal(DisconnectReason.ClientOutdated, outdated.Reason);
        Assert.Contains("WHATSAPP_VERSION", outdated.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_WhenANewerVersionIsKnownAlready_TriesItAtOnce()
    {
        var version = new ChangingVersion("2.3000.1") { ChangesByItself = true };
        await using var session = await TestSession.PairAsync(_service, _ana, Ct, TestSession.OptionsFor(_service, version: version));
        await session.Client.StopAsync(Ct);
        session.Forget();
        _service.Faults.Add(new(FaultKind.RefuseLogin, Code: 405));

        await session.Client.StartAsync(Ct);

        await session.ConnectedAsync(Ct);
        Assert.DoesNotContain(session.Events.OfType<StateChanged>(), changed => changed.State == SessionState.Error);
    }

    [Fact]
    public async Task Connection_WhenCut_ComesBackAndReceives()
    {
        var bruno = _service.AddPhone("5511900000002");
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        session.Forget();

        await _service.DropConnectionsAsync();
        await session.ConnectedAsync(Ct);
        await bruno.SendTextAsync(OwnNumber, "still there?", Ct);

        await session.WaitAsync<MessageReceived>(Ct);
        Assert.Equal(
            [SessionState.Reconnecting, SessionState.Connected],
            session.Events.OfType<StateChanged>().Select(changed => changed.State));
    }

    [Theory]
    [InlineData(515, null)]
    [InlineData(503, null)]
    [InlineData(516, null)]
    [InlineData(null, null)]
    public async Task Connection_WhenEndedByAPassingError_ComesBack(int? code, string? conflict)
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        session.Forget();

        await _service.SendStreamErrorAsync(code, conflict);

        await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Reconnecting);
        await session.ConnectedAsync(Ct);
    }

    [Fact]
    public async Task Connection_WhenReplaced_StaysAwayAndKeepsThePairing()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);

        await _service.SendStreamErrorAsync(null, "replaced");

        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Disconnected);
        Assert.Equal(DisconnectReason.Replaced, end.Reason);
        Assert.NotNull(session.Client.PhoneNumberJid);
    }

    [Fact]
    public async Task Connection_WhenThePhoneUnlinksTheDevice_ErasesItsKeys()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);

        await _ana.UnlinkAsync(1, Ct);

        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.LoggedOut);
        Assert.Equal(DisconnectReason.DeviceRemoved, end.Reason);
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.Credentials, null, Ct));
    }

    [Fact]
    public async Task Logout_WhenConnected_UnlinksErasesAndCanBeLinkedAgain()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        var before = session.Events.OfType<QrIssued>().First();

        await session.Client.LogoutAsync(Ct);
        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.LoggedOut);
        var records = await session.Store.ListAsync(DeviceRecordKind.Credentials, null, Ct);
        session.Forget();
        await session.Client.StartAsync(Ct);
        var after = await session.WaitAsync<QrIssued>(Ct);
        await _ana.ScanAsync(after.Code, Ct);
        await session.ConnectedAsync(Ct);

        Assert.Equal(DisconnectReason.LoggedOutByUser, end.Reason);
        Assert.Empty(records);
        Assert.NotEqual(QrCode.Parse(before.Code).IdentityPublicKey, QrCode.Parse(after.Code).IdentityPublicKey);
        Assert.Single(_ana.LinkedDevices);
    }

    [Fact]
    public async Task Logout_WhenLinkedButNotConnected_SaysThatItCannotBeTold()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        await session.Client.StopAsync(Ct);

        await Assert.ThrowsAsync<ConnectionException>(() => session.Client.LogoutAsync(Ct));
        await session.Client.ForgetAsync(Ct);

        Assert.Equal(SessionState.LoggedOut, session.Client.State);
        Assert.Empty(await session.Store.ListAsync(DeviceRecordKind.Credentials, null, Ct));
    }

    [Fact]
    public async Task Stop_WhenConnected_DisconnectsAndKeepsThePairing()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);

        await session.Client.StopAsync(Ct);

        var end = Assert.Single(session.Events.OfType<StateChanged>(), changed => changed.State == SessionState.Disconnected);
        Assert.Equal(DisconnectReason.StoppedByUser, end.Reason);
        Assert.IsType<SendResult.NotConnected>(await session.SendTextAsync(_ana.Jid, "too late", Ct));
    }

    [Fact]
    public async Task Dispose_WhenMessagesWaitForTheirTurn_LeavesNobodyWaiting()
    {
        var bruno = _service.AddPhone("5511900000002");
        var session = await TestSession.PairAsync(_service, _ana, Ct);
        _service.Faults.Add(new(FaultKind.IgnoreIq, Count: 50));
        var sending = Enumerable.Range(0, 5).Select(i => session.SendTextAsync(bruno.Jid, $"{i}", Ct)).ToList();

        await session.DisposeAsync();

        var results = await Task.WhenAll(sending).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        Assert.All(results, result => Assert.IsType<SendResult.NotConnected>(result));
    }

    [Fact]
    public async Task Start_WithAnotherRootKey_RefusesTheCertificateAndSaysWhy()
    {
        var options = new ClientOptions { Endpoint = _service.WebSocketUrl, RootKey = KeyPair.Generate(RandomSource.System).PublicKey };
        await using var session = new TestSession(options);

        await session.Client.StartAsync(Ct);

        var error = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Error);
        Assert.Equal(DisconnectReason.CertificateRejected, error.Reason);
        Assert.Contains("certificate", error.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Start_WhenNobodyListens_KeepsTryingAndSaysWhy()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);
        await session.Client.StopAsync(Ct);
        var nowhere = new ClientOptions { Endpoint = new("ws://127.0.0.1:9/ws/chat"), RootKey = _service.RootKey };
        await using var unpaired = new TestSession(nowhere);
        await using var paired = new TestSession(nowhere, session.Store);

        await unpaired.Client.StartAsync(Ct);
        await paired.Client.StartAsync(Ct);

        var waiting = await unpaired.WaitAsync<StateChanged>(Ct, changed => changed.Reason is not null);
        var back = await paired.WaitAsync<StateChanged>(Ct, changed => changed.Reason is not null);
        Assert.Equal((SessionState.Connecting, DisconnectReason.ConnectionLost), (waiting.State, waiting.Reason));
        Assert.Equal((SessionState.Reconnecting, DisconnectReason.ConnectionLost), (back.State, back.Reason));
        Assert.Contains("cannot be reached", waiting.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeepAlive_WhenTheServiceFallsSilent_ReconnectsAfterTheLimit()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var session = await TestSession.PairAsync(_service, _ana, Ct, TestSession.OptionsFor(_service, time));
        session.Forget();
        _service.Faults.Add(new(FaultKind.IgnoreIq, Count: 50));

        // The clock moves only between the client's own steps: a ping is out before its time runs on.
        while (!session.Events.OfType<StateChanged>().Any(changed => changed.State == SessionState.Reconnecting))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }

        var lost = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Reconnecting);
        Assert.Equal(DisconnectReason.ConnectionLost, lost.Reason);
        Assert.Contains("silent", lost.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PreKeys_AtTheFirstLogin_AreSavedAndUploaded()
    {
        await using var session = await TestSession.PairAsync(_service, _ana, Ct);

        var uploads = _service
            .Trace.Entries.OfType<StanzaEntry>()
            .Where(entry =>
                entry is { Direction: TraceDirection.FromClient, Node.Tag: "iq" }
                && entry.Node["xmlns"] == "encrypt"
                && entry.Node.Child("list") is not null)
            .ToList();

        Assert.Equal(812, Assert.Single(uploads).Node.Child("list")!.Children.Count);
        var saved = await session.Store.ListAsync(DeviceRecordKind.PreKey, null, Ct);
        Assert.InRange(saved.Count, 800, 812); // the phone has used some for its first words
    }

    private sealed class ChangingVersion(string text) : IWebVersionSource
    {
        private uint _asked;

        public string Text { get; set; } = text;

        public bool ChangesByItself { get; init; }

        public ValueTask<WebVersion> GetAsync(CancellationToken ct) =>
            ValueTask.FromResult(WebVersion.Parse(Text) with { Tertiary = ChangesByItself ? ++_asked : WebVersion.Parse(Text).Tertiary });
    }
}
