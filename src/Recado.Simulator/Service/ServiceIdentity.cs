using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;

namespace Recado.Simulator.Service;

/// <summary>What the service proves itself by: its static key, and a chain of certificates up to a root of its own.</summary>
internal sealed class ServiceIdentity
{
    private const int ValidYears = 10;

    private readonly CertificateAuthority _authority;
    private readonly KeyPair _staticKey;
    private readonly byte[] _chain;
    private readonly IRandomSource _random;

    private ServiceIdentity(CertificateAuthority authority, KeyPair staticKey, IRandomSource random)
    {
        _authority = authority;
        _staticKey = staticKey;
        _chain = authority.IssueChain(staticKey.PublicKey, random);
        _random = random;
    }

    public ReadOnlyMemory<byte> RootKey => _authority.RootPublicKey;

    /// <summary>Opaque bytes that clients bring back on their next connection.</summary>
    public byte[] RoutingInfo { get; } = [8, 2, 16, 10];

    public static ServiceIdentity Create(SimulatorOptions options)
    {
        var now = options.Time.GetUtcNow();
        var authority = CertificateAuthority.Create(options.Random, now.AddDays(-1), now.AddYears(ValidYears));
        return new ServiceIdentity(authority, KeyPair.Generate(options.Random), options.Random);
    }

    public static ServiceIdentity Restore(byte[] authority, byte[] staticPrivateKey, IRandomSource random) =>
        new(CertificateAuthority.Import(authority), KeyPair.FromPrivateKey(staticPrivateKey), random);

    /// <summary>Both secrets, for the state file.</summary>
    public (byte[] Authority, byte[] StaticPrivateKey) Export() => (_authority.Export(), _staticKey.PrivateKey);

    /// <summary>The service's side of one handshake.</summary>
    public NoiseResponder Respond() => new(_staticKey, KeyPair.Generate(_random), _chain);
}
