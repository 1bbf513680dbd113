using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Sending;

/// <summary>Finds the devices that a message to a user or group is for. Null: no such user, or not a member of the group.</summary>
internal sealed class Destinations(
    DeviceState state, OwnDevice own, DeviceLists deviceLists, GroupRosters rosters, SenderKeys senderKeys, ClientOptions options)
{
    public async Task<Destination?> FindAsync(ServiceConnection connection, Jid to, CancellationToken ct) => to.IsGroup
        ? await rosters.FindAsync(connection, to, ct).ConfigureAwait(false) is { } roster
            ? new GroupDestination(roster, rosters, senderKeys, state, own, options)
            : null
        : await FindUserAsync(connection, to.ToUser(), ct).ConfigureAwait(false);

    /// <summary>A message goes to the LID when there is one.</summary>
    private async Task<Destination?> FindUserAsync(ServiceConnection connection, Jid user, CancellationToken ct)
    {
        var (lid, phone) = await NamesAsync(user, ct).ConfigureAwait(false);
        if (lid is null)
        {
            // Asking for the devices of a phone number teaches its LID.
            await deviceLists.GetAsync(connection, [user, own.JidLike(user).ToUser()], ct).ConfigureAwait(false);
            (lid, phone) = await NamesAsync(user, ct).ConfigureAwait(false);
        }

        var to = lid ?? user;
        var self = own.JidLike(to);
        var lists = await deviceLists.GetAsync(connection, [.. new[] { to, self.ToUser() }.Distinct()], ct).ConfigureAwait(false);
        if (!lists.TryGetValue(to, out var theirs))
            return null;

        var ours = lists.TryGetValue(self.ToUser(), out var list) ? list.Devices : [];
        return new UserDestination(to, phone, theirs.Devices.Concat(ours).Append(self).ToHashSet(), own, options);
    }

    private async ValueTask<(Jid? Lid, Jid? Phone)> NamesAsync(Jid user, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return (await device.LidOfAsync(user, ct).ConfigureAwait(false), await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false));
    }
}
