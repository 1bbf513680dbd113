using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>Tests that begin with a session linked to Ana's phone, and with Bruno to talk to.</summary>
public abstract class PairedSessionTests : IAsyncLifetime
{
    private protected const string OwnNumber = "5511900000001";

    private protected SimulatedService _service = null!;
    private protected SimulatedPhone _ana = null!;
    private protected SimulatedPhone _bruno = null!;
    private protected TestSession _session = null!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _ana = _service.AddPhone(OwnNumber, "Ana");
        _bruno = _service.AddPhone("5511900000002", "Bruno");
        _session = await TestSession.PairAsync(_service, _ana, Ct);

        // The groups of before are asked for; what a test makes comes after that.
        await _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Direction: TraceDirection.ToClient, Node: { Tag: "iq" } iq } && iq.Child("groups") is not null, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _service.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
