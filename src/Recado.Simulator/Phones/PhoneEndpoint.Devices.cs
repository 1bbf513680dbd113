using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Phones;

/// <summary>A phone vouches for the devices of its account.</summary>
internal sealed partial class PhoneEndpoint
{
    /// <summary>The signed list of live key indexes, and when it was signed.</summary>
    public (byte[] List, long Timestamp) KeyIndexList { get; private set; }

    /// <summary>Signs a device's identity key and seals it with the secret that was scanned.</summary>
    public byte[] Vouch(ReadOnlySpan<byte> deviceKey, ReadOnlySpan<byte> advSecret, uint keyIndex)
    {
        var details = new AdvDeviceIdentity
        {
            RawId = Account.RawId,
            Timestamp = (ulong)_exchange.Now.ToUnixTimeSeconds(),
            KeyIndex = keyIndex,
            AccountType = AdvEncryptionType.E2Ee,
            DeviceType = AdvEncryptionType.E2Ee,
        };
        return AdvIdentity.Issue(_identity.KeyPair, deviceKey, advSecret, details, _exchange.Random);
    }

    /// <summary>Signs the list of the account's devices anew.</summary>
    public void PublishDevices()
    {
        var timestamp = _exchange.Now.ToUnixTimeSeconds();
        var list = new AdvKeyIndexList { RawId = Account.RawId, Timestamp = (ulong)timestamp, CurrentIndex = Account.LastKeyIndex };
        list.ValidIndexes.AddRange(Account.Devices.Values.Select(d => d.KeyIndex));
        KeyIndexList = (AdvIdentity.SignKeyIndexList(_identity.KeyPair, list, _exchange.Random), timestamp);
    }
}
