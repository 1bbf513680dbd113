using System.Security.Cryptography.X509Certificates;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

/// <summary>A service with two phones, for one test.</summary>
public abstract class ServiceTest : IAsyncLifetime
{
    private protected SimulatedService Service { get; private set; } = null!;

    private protected SimulatedPhone Ana { get; private set; } = null!;

    private protected SimulatedPhone Bia { get; private set; } = null!;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Service = await SimulatedService.StartAsync(ct: Ct);
        Ana = Service.AddPhone("5511900000001", "Ana");
        Bia = Service.AddPhone("5511900000002", "Bia");
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Speaks to the media host and trusts the service's authority alone.</summary>
    private protected HttpClient MediaHttp(SimulatedService? service = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem((service ?? Service).MediaAuthorityPem);
        return new HttpClient(handler) { BaseAddress = (service ?? Service).MediaUrl };
    }

    private protected Task<RawClient> ClientOfAsync(SimulatedPhone phone) => RawClient.CreateAsync(Service, phone, Ct);
}
