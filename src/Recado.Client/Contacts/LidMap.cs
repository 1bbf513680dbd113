using System.Text;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Signal;

namespace Recado.Client.Contacts;

/// <summary>The two names of a user, phone number and LID, and the move of everything kept under the first to the second.</summary>
internal static class LidMap
{
    /// <summary>The user's LID, if known; the JID itself when it is a LID.</summary>
    public static async ValueTask<Jid?> LidOfAsync(this DeviceTransaction device, Jid user, CancellationToken ct)
    {
        if (user.IsLid)
            return user.ToUser();

        return user.IsPhoneNumber && await device.ReadAsync(Keys.LidByPhone(user), Text, ct).ConfigureAwait(false) is { } lid
            ? new Jid(lid, JidServer.Lid)
            : null;
    }

    /// <summary>The user's phone number, if known; the JID itself when it is one.</summary>
    public static async ValueTask<Jid?> PhoneNumberOfAsync(this DeviceTransaction device, Jid user, CancellationToken ct)
    {
        if (user.IsPhoneNumber)
            return user.ToUser();

        return user.IsLid && await device.ReadAsync(Keys.PhoneByLid(user), Text, ct).ConfigureAwait(false) is { } phone
            ? new Jid(phone, JidServer.PhoneNumber)
            : null;
    }

    /// <summary>The name a chat or user is kept under: the LID when known.</summary>
    public static async ValueTask<Jid> CanonicalAsync(this DeviceTransaction device, Jid user, CancellationToken ct) =>
        await device.LidOfAsync(user, ct).ConfigureAwait(false) ?? user.ToUser();

    /// <summary>The name a user is kept under, and both names as far as they are known; of a group just its own.</summary>
    public static async ValueTask<(Jid Canonical, Jid? PhoneNumber, Jid? Lid)> NamesAsync(this DeviceTransaction device, Jid user, CancellationToken ct)
    {
        var lid = await device.LidOfAsync(user, ct).ConfigureAwait(false);
        return (lid ?? user.ToUser(), await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false), lid);
    }

    /// <summary>The device's JID by LID when the mapping is known; a session under the phone number moves along.</summary>
    public static async ValueTask<SignalAddress> AddressOfAsync(this DeviceTransaction device, Jid deviceJid, CancellationToken ct)
    {
        if (!deviceJid.IsPhoneNumber || await device.LidOfAsync(deviceJid, ct).ConfigureAwait(false) is not { } lid)
            return deviceJid.ToSignalAddress();

        var byLid = new Jid(
            lid.User,
            deviceJid.Server == JidServer.Hosted ? JidServer.HostedLid : JidServer.Lid,
            deviceJid.Device).ToSignalAddress();
        await device.MoveAsync(deviceJid.ToSignalAddress(), byLid, ct).ConfigureAwait(false);
        return byLid;
    }

    /// <summary>Stores that two JIDs are one user. Knowing it already costs one cached read.</summary>
    public static async ValueTask LearnAsync(this DeviceTransaction device, Jid? first, Jid? second, CancellationToken ct)
    {
        if (first is not { } a || second is not { } b || a.IsLid == b.IsLid)
            return;

        var (lid, phone) = a.IsLid ? (a.ToUser(), b.ToUser()) : (b.ToUser(), a.ToUser());
        if (!lid.IsLid || !phone.IsPhoneNumber)
            return;

        var known = await device.LidOfAsync(phone, ct).ConfigureAwait(false);
        if (known == lid)
            return;

        if (known is { } replaced)
            device.Delete(Keys.PhoneByLid(replaced));
        if (await device.PhoneNumberOfAsync(lid, ct).ConfigureAwait(false) is { } formerPhone && formerPhone != phone)
            device.Delete(Keys.LidByPhone(formerPhone));

        device.Put(Keys.LidByPhone(phone), Encoding.UTF8.GetBytes(lid.User), lid.User);
        device.Put(Keys.PhoneByLid(lid), Encoding.UTF8.GetBytes(phone.User), phone.User);
        device.Events.Add(new IdentityMapped(phone, lid) { ContactName = await ContactNames.FindAsync(device, lid, phone, ct).ConfigureAwait(false) });
        await device.MoveAllAsync(phone, lid, ct).ConfigureAwait(false);
    }

    private static async ValueTask MoveAllAsync(this DeviceTransaction device, Jid phone, Jid lid, CancellationToken ct)
    {
        var devices = new HashSet<uint>();
        foreach (var kind in new[] { DeviceRecordKind.Session, DeviceRecordKind.Identity })
        {
            foreach (var record in await device.ListAsync(kind, $"{phone.ToSignalAddress().Name}:", ct).ConfigureAwait(false))
                devices.Add(SignalAddress.Parse(record.Key.Id).Device);
        }

        foreach (var number in devices)
            await device
                .MoveAsync(phone.ToSignalAddress() with { Device = number }, lid.ToSignalAddress() with { Device = number }, ct)
                .ConfigureAwait(false);
    }

    /// <summary>A working session under the LID stays in front; what was kept under the phone number goes to its archive.</summary>
    private static async ValueTask MoveAsync(this DeviceTransaction device, SignalAddress from, SignalAddress to, CancellationToken ct)
    {
        if (await device.ReadAsync(Keys.Session(from), Session, ct).ConfigureAwait(false) is { } moved)
        {
            var merged = await device.ReadAsync(Keys.Session(to), Session, ct).ConfigureAwait(false) is { } existing
                ? existing.AppendArchive(moved)
                : moved;
            device.Put(Keys.Session(to), merged.Serialize(), merged);
            device.Delete(Keys.Session(from));
        }

        if (await device.ReadAsync(Keys.Identity(from), ct).ConfigureAwait(false) is { } identity)
        {
            if (await device.ReadAsync(Keys.Identity(to), ct).ConfigureAwait(false) is null)
                device.Put(Keys.Identity(to), identity);
            device.Delete(Keys.Identity(from));
        }
    }

    public static SessionRecord Session(byte[] data) => SessionRecord.Parse(data);

    private static string Text(byte[] data) => Encoding.UTF8.GetString(data);
}
