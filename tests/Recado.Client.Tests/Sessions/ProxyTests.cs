using System.Net;
using Recado.Simulator;

namespace Recado.Client.Tests.Sessions;

public sealed class ProxyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_ThroughAProxy_TunnelsEverything(bool isSocks)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        await using var proxy = new TunnelProxy(isSocks);
        var options = TestSession.OptionsFor(service) with { Proxy = new WebProxy(proxy.Address) };

        await using var session = await TestSession.PairAsync(service, service.AddPhone("5511900000001"), ct, options);

        Assert.Equal(2, proxy.Tunnels); // one to be linked, one to log in
    }

    [Fact]
    public async Task Connect_WhenTheProxyIsGone_SaysWhatCannotBeReached()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        await using var session = new TestSession(TestSession.OptionsFor(service) with { Proxy = new WebProxy("http://127.0.0.1:9") });

        await session.Client.StartAsync(ct);

        var waiting = await session.WaitAsync<Client.Events.StateChanged>(ct, changed => changed.Reason is not null);
        Assert.Equal((SessionState.Connecting, Client.Events.DisconnectReason.ConnectionLost), (waiting.State, waiting.Reason));
    }
}
