using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Groups;

/// <summary>The sender keys of a group: those of its members' devices, and our own.</summary>
internal static class SenderKeys
{
    /// <summary>Forgets our own key and who has it: the next message goes out under a new one.</summary>
    public static void ForgetOwn(DeviceTransaction device, Jid group, OwnDevice own)
    {
        device.Delete(Keys.SenderKey(group, own.SenderKeyAddress));
        device.Delete(Keys.SenderKeyDistribution(group));
    }

    /// <summary>Forgets every key of the group.</summary>
    public static async ValueTask ForgetAllAsync(DeviceTransaction device, Jid group, CancellationToken ct)
    {
        foreach (var record in await device.ListAsync(DeviceRecordKind.SenderKey, $"{group}/", ct).ConfigureAwait(false))
            device.Delete(record.Key);
        device.Delete(Keys.SenderKeyDistribution(group));
    }
}
