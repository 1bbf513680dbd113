using System.Globalization;
using System.Text;
using Recado.Client.Contacts;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Groups;

/// <summary>
/// The devices of a group that have got our sender key. Stored as text: <c>key-id device device …</c>.
/// </summary>
internal sealed record SenderKeyHolders(uint KeyId, HashSet<Jid> Devices)
{
    public byte[] Serialize() => Encoding.UTF8.GetBytes($"{KeyId} {string.Join(' ', Devices)}".TrimEnd());

    public static SenderKeyHolders Parse(byte[] data)
    {
        var parts = Encoding.UTF8.GetString(data).Split(' ');
        return new(uint.Parse(parts[0], CultureInfo.InvariantCulture), [.. parts.Skip(1).Select(Jid.Parse)]);
    }

    public static ValueTask<SenderKeyHolders?> FindAsync(DeviceTransaction device, Jid group, CancellationToken ct) =>
        device.ReadAsync(Keys.SenderKeyDistribution(group), Parse, ct);

    /// <summary>A device of the user, or all of them, does not have the key any more, in no group: it gets it with the next message.</summary>
    public static async ValueTask RemoveAsync(DeviceTransaction device, Jid user, ushort? number, CancellationToken ct)
    {
        var lid = await device.LidOfAsync(user, ct).ConfigureAwait(false);
        var phone = await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false);
        foreach (var record in await device.ListAsync(DeviceRecordKind.SenderKeyDistribution, null, ct).ConfigureAwait(false))
        {
            var holders = Parse(record.Data);
            if (holders.Devices.RemoveWhere(jid => (number is null || jid.Device == number) && (jid.ToUser() == lid || jid.ToUser() == phone)) > 0)
                device.Put(record.Key, holders.Serialize());
        }
    }
}
