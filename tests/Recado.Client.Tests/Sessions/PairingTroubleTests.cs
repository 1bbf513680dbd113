using Microsoft.Extensions.Time.Testing;
using Recado.Client.Events;
using Recado.Protocol.Pairing;
using Recado.Simulator;
using Recado.Simulator.Faults;

namespace Recado.Client.Tests.Sessions;

/// <summary>What can go wrong while a phone links a session.</summary>
public sealed class PairingTroubleTests : IAsyncLifetime
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
    [InlineData(FaultKind.WrongPairingHmac, "hmac-mismatch")]
    [InlineData(FaultKind.WrongPairingSignature, "signature-mismatch")]
    public async Task Pair_WhenThePhonesWordIsFalse_RefusesAndCanTryAgain(FaultKind fault, string text)
    {
        _service.Faults.Add(new(fault));
        await using var session = new TestSession(TestSession.OptionsFor(_service));
        await session.Client.StartAsync(Ct);
        var first = await session.WaitAsync<QrIssued>(Ct);

        var refusal = await Assert.ThrowsAsync<SimulatorException>(() => _ana.ScanAsync(first.Code, Ct));
        var error = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Error);
        session.Forget();
        await session.Client.StartAsync(Ct);
        var second = await session.WaitAsync<QrIssued>(Ct);
        await _ana.ScanAsync(second.Code, Ct);
        await session.ConnectedAsync(Ct);

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(DisconnectReason.PairingFailed, error.Reason);
        Assert.NotEqual(QrCode.Parse(first.Code).AdvSecret, QrCode.Parse(second.Code).AdvSecret);
    }

    [Fact]
    public async Task Pair_WhenNobodyScans_ShowsEachCodeForItsTimeAndGivesUp()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var service = await SimulatedService.StartAsync(
            new()
            {
                Time = time,
                QrRefs = 3,
                FirstQrLifetime = TimeSpan.FromHours(1),
            },
            Ct);
        await using var session = new TestSession(TestSession.OptionsFor(service, time) with { KeepAliveInterval = TimeSpan.FromHours(1) });
        await session.Client.StartAsync(Ct);

        var lifetimes = new List<TimeSpan>();
        for (var number = 1; number <= 3; number++)
        {
            var shown = await session.WaitAsync<QrIssued>(Ct, qr => qr.Number == number);
            Assert.Equal(3, shown.Total);
            lifetimes.Add(shown.ExpiresAt - time.GetUtcNow());
            time.Advance(lifetimes[^1]);
        }

        var end = await session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Disconnected);
        Assert.Equal([60, 20, 20], lifetimes.Select(lifetime => (int)lifetime.TotalSeconds));
        Assert.Equal(DisconnectReason.QrTimeout, end.Reason);
    }

    [Fact]
    public async Task Pair_WithTheSecondCode_Connects()
    {
        await using var session = new TestSession(
            TestSession.OptionsFor(_service) with
            {
                FirstQrLifetime = TimeSpan.FromMilliseconds(50),
            });
        await session.Client.StartAsync(Ct);
        var second = await session.WaitAsync<QrIssued>(Ct, qr => qr.Number == 2);

        await _ana.ScanAsync(second.Code, Ct);

        await session.ConnectedAsync(Ct);
    }

    [Fact]
    public async Task Pair_WhenTheConnectionIsCut_ShowsANewCodeAndConnects()
    {
        await using var session = new TestSession(TestSession.OptionsFor(_service));
        await session.Client.StartAsync(Ct);
        var lost = await session.WaitAsync<QrIssued>(Ct);
        session.Forget();

        await _service.DropConnectionsAsync();
        var next = await session.WaitAsync<QrIssued>(Ct);
        await _ana.ScanAsync(next.Code, Ct);
        await session.ConnectedAsync(Ct);

        Assert.NotEqual(lost.Code, next.Code);
        Assert.Equal(
            [(SessionState.Connecting, DisconnectReason.ConnectionLost), (SessionState.Connecting, null), (SessionState.Connected, null)],
            session.Events.OfType<StateChanged>().Select(changed => (changed.State, changed.Reason)));
    }

    [Fact]
    public async Task Pair_WhenTheFirstLoginFails_GoesOnConnecting()
    {
        await using var session = new TestSession(TestSession.OptionsFor(_service));
        await session.Client.StartAsync(Ct);
        var qr = await session.WaitAsync<QrIssued>(Ct);
        _service.Faults.Add(new(FaultKind.RefuseLogin, Code: 503));

        await _ana.ScanAsync(qr.Code, Ct);
        await session.ConnectedAsync(Ct);

        Assert.DoesNotContain(session.Events.OfType<StateChanged>(), changed => changed.State == SessionState.Reconnecting);
    }
}
