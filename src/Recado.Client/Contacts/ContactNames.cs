using System.Text;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Contacts;

/// <summary>The names in the phone's address book, kept under the JID that the phone knows them by.</summary>
internal static class ContactNames
{
    private const int LongestName = 1024; // characters; the phone's own limit is far below

    /// <summary>What the address book calls a user, by either name; null when they are not in it.</summary>
    public static ValueTask<string?> FindAsync(DeviceState state, Jid? lid, Jid? phoneNumber, CancellationToken ct) =>
        FindAsync(async key => (await state.ReadAsync(key, ct).ConfigureAwait(false)).Data, lid, phoneNumber);

    /// <inheritdoc cref="FindAsync(DeviceState,Jid?,Jid?,CancellationToken)"/>
    public static ValueTask<string?> FindAsync(DeviceTransaction device, Jid? lid, Jid? phoneNumber, CancellationToken ct) =>
        FindAsync(key => device.ReadAsync(key, ct), lid, phoneNumber);

    /// <summary>Adds everybody in the address book with no name.</summary>
    public static async ValueTask AddAllAsGoneAsync(DeviceTransaction device, Dictionary<Jid, string?> contacts, CancellationToken ct)
    {
        foreach (var record in await device.ListAsync(DeviceRecordKind.ContactName, null, ct).ConfigureAwait(false))
            contacts[Jid.Parse(record.Key.Id)] = null;
    }

    /// <summary>Stores names with the transaction; null takes one away.</summary>
    /// <returns>Those that are other ones than before.</returns>
    public static async ValueTask<IReadOnlyList<ContactName>> TakeAsync(
        DeviceTransaction device, IReadOnlyDictionary<Jid, string?> contacts, CancellationToken ct)
    {
        var changed = new List<ContactName>();
        foreach (var (user, given) in contacts)
        {
            var name = given?.Length > LongestName ? given[..LongestName] : given;
            var key = Keys.ContactName(user);
            var known = await device.ReadAsync(key, ct).ConfigureAwait(false) is { } data ? Encoding.UTF8.GetString(data) : null;
            if (known == name)
                continue;

            if (name is null)
                device.Delete(key);
            else
                device.Put(key, Encoding.UTF8.GetBytes(name));
            var (canonical, phone, lid) = await device.NamesAsync(user, ct).ConfigureAwait(false);
            changed.Add(new(canonical, name) { PhoneNumber = phone, Lid = lid });
        }

        return changed;
    }

    private static async ValueTask<string?> FindAsync(Func<DeviceRecordKey, ValueTask<byte[]?>> readAsync, Jid? lid, Jid? phoneNumber)
    {
        foreach (var user in new[] { lid, phoneNumber }.OfType<Jid>())
        {
            if (await readAsync(Keys.ContactName(user)).ConfigureAwait(false) is { } name)
                return Encoding.UTF8.GetString(name);
        }

        return null;
    }
}
