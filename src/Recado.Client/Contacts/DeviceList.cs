using System.Globalization;
using System.Text;
using Recado.Protocol;

namespace Recado.Client.Contacts;

/// <summary>
/// The devices of one user, under one of its names, as of a point in time. Stored as text: <c>unix-ms device device hosted-device-h</c>.
/// </summary>
internal sealed record DeviceList(Jid User, DateTimeOffset FetchedAt, IReadOnlyList<Jid> Devices)
{
    /// <summary>The number of a device that WhatsApp itself runs, for a business.</summary>
    public const ushort HostedDevice = 99;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public bool IsFresh(DateTimeOffset now) => now - FetchedAt < Lifetime;

    /// <summary>The JID of a user's device; hosted devices live on a server of their own.</summary>
    public static Jid DeviceOf(Jid user, ushort device, bool isHosted) =>
        isHosted ? new(user.User, user.IsLid ? JidServer.HostedLid : JidServer.Hosted, device) : user.ToUser().WithDevice(device);

    /// <summary>The same devices under the user's other name: device numbers are common to both.</summary>
    public DeviceList For(Jid otherName) =>
        new(otherName, FetchedAt, [.. Devices.Select(device => DeviceOf(otherName, device.Device, IsHosted(device)))]);

    public DeviceList With(Jid device) => this with { Devices = [.. Devices.Where(known => known != device), device] };

    public DeviceList Without(Jid device) => this with { Devices = [.. Devices.Where(known => known != device)] };

    public byte[] Serialize()
    {
        var devices = Devices.Select(device => $" {device.Device}{(IsHosted(device) ? "h" : "")}");
        return Encoding.UTF8.GetBytes($"{FetchedAt.ToUnixTimeMilliseconds()}{string.Concat(devices)}");
    }

    public static DeviceList Parse(Jid user, byte[] data)
    {
        var parts = Encoding.UTF8.GetString(data).Split(' ');
        return new(
            user,
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[0], CultureInfo.InvariantCulture)),
            [
                .. parts
                    .Skip(1)
                    .Select(part => DeviceOf(user, ushort.Parse(part.TrimEnd('h'), CultureInfo.InvariantCulture), part.EndsWith('h'))),
            ]);
    }

    /// <summary>Whether WhatsApp itself runs the device, for a business; groups leave it out.</summary>
    public static bool IsHosted(Jid device) => device.Server is JidServer.Hosted or JidServer.HostedLid;
}
