using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>
/// Two Baileys clients that have already talked, each linked to the phone of an account of its own, and a third phone, for the tests of a
/// class.
/// </summary>
public sealed class BaileysPair : IAsyncLifetime
{
    internal SimulatedService Service { get; private set; } = null!;

    internal SimulatedPhone AnaPhone { get; private set; } = null!;

    internal SimulatedPhone BenPhone { get; private set; } = null!;

    internal SimulatedPhone CarlaPhone { get; private set; } = null!;

    internal BaileysClient Ana { get; private set; } = null!;

    internal BaileysClient Ben { get; private set; } = null!;

    /// <summary>Ana as Ben addresses her.</summary>
    internal string AnaChat { get; private set; } = null!;

    /// <summary>Ben as Ana addresses him.</summary>
    internal string BenChat { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Service = await SimulatedService.StartAsync(ct: ct);
        (AnaPhone, BenPhone) = (Service.AddPhone("5511900000001", "Ana"), Service.AddPhone("5511900000002", "Ben"));
        CarlaPhone = Service.AddPhone("5511900000003", "Carla");
        var (ana, ben) = (BaileysClient.PairAsync(Service, AnaPhone, ct), BaileysClient.PairAsync(Service, BenPhone, ct));
        (Ana, Ben) = (await ana, await ben);

        await Ana.SendTextAsync(BenPhone.Jid.ToString(), "first", ct);
        AnaChat = (await Ben.ReceiveAsync("first", ct)).Chat;
        await Ben.SendTextAsync(AnaChat, "second", ct);
        BenChat = (await Ana.ReceiveAsync("second", ct)).Chat;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Ana is not null)
            await Ana.DisposeAsync();
        if (Ben is not null)
            await Ben.DisposeAsync();
        if (Service is not null)
            await Service.DisposeAsync();
    }
}
