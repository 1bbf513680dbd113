using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Simulator.Tests.Clients;

/// <summary>What a companion keeps between connections.</summary>
internal sealed class RawDevice
{
    private uint _nextPreKeyId = 1;

    public RawDevice()
    {
        Identity = LocalIdentity.Generate(Random);
        SignedPreKey = SignedPreKey.Create(1, Identity.KeyPair, Random);
    }

    public static IRandomSource Random => RandomSource.System;

    public static DeviceProfile Profile { get; } = new("Test");

    public static WebVersion Version { get; } = new(2, 3000, 1045649367);

    public KeyPair NoiseKey { get; set; } = KeyPair.Generate(Random);

    public LocalIdentity Identity { get; }

    public SignedPreKey SignedPreKey { get; set; }

    public byte[] AdvSecret { get; } = Random.Bytes(32);

    public Dictionary<uint, PreKey> PreKeys { get; } = [];

    public Dictionary<string, SessionRecord> Sessions { get; } = [];

    /// <summary>Signed identity with the account's key, once paired.</summary>
    public byte[] Account { get; set; } = [];

    public Jid Jid { get; set; }

    public Jid Lid { get; set; }

    public IReadOnlyList<PreKey> NewPreKeys(int count)
    {
        var keys = Enumerable.Range(0, count).Select(_ => new PreKey(_nextPreKeyId++, KeyPair.Generate(Random))).ToList();
        keys.ForEach(k => PreKeys.Add(k.Id, k));
        return keys;
    }
}
