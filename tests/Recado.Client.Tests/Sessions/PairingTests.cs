using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Simulator;

namespace Recado.Client.Tests.Sessions;

public sealed class PairingTests
{
    [Fact]
    public async Task Start_WhenThePhoneScans_PairsRestartsAndConnects()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");

        await using var session = await TestSession.PairAsync(service, phone, ct);

        var paired = await session.WaitAsync<Paired>(ct);
        Assert.Equal(phone.Jid, paired.PhoneNumber.ToUser());
        Assert.Equal(phone.Lid, paired.Lid.ToUser());
        Assert.Equal(paired.PhoneNumber, session.Client.PhoneNumberJid);
        Assert.Equal(SessionState.Connected, session.Client.State);
        Assert.NotNull(await session.Store.ReadAsync(new(DeviceRecordKind.Credentials, "self"), ct));
        Assert.Equal(
            [SessionState.Connecting, SessionState.Connected],
            session.Events.OfType<StateChanged>().Select(changed => changed.State));
        Assert.Empty(service.Trace.Violations);
    }
}
