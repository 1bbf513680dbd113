using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Groups;

namespace Recado.Client.Groups;

/// <summary>The rosters of the groups written to lately. Thread-safe.</summary>
internal sealed class GroupRosters(DeviceState state, OwnDevice own, GroupDirectory directory, DeviceLists deviceLists, ClientOptions options)
{
    private const int DeviceLimit = 8192; // of all rosters together; they can be made again
    private const int NotAMember = 403;
    private const int NoGroup = 404;

    private readonly Lock _lock = new();
    private readonly Dictionary<Jid, GroupRoster> _rosters = [];

    /// <summary>The roster as it is now; null when the account is not in the group, or there is none.</summary>
    public async Task<GroupRoster?> FindAsync(ServiceConnection connection, Jid group, CancellationToken ct)
    {
        if (Current(group) is { } known)
            return known;

        try
        {
            var hasAsked = false;
            while (true)
            {
                var (info, version) = await ReadAsync(group, ct).ConfigureAwait(false);
                if (info is not null && IsMember(info))
                    return await MakeAsync(connection, info, version, ct).ConfigureAwait(false);
                if (info is not null && hasAsked)
                    return null;

                // Not known, or we may have come into it unseen.
                await directory.AskAsync(connection, group, ct).ConfigureAwait(false);
                hasAsked = true;
            }
        }
        catch (RequestRefusedException refusal) when (refusal.Code is NotAMember or NoGroup)
        {
            return null;
        }
    }

    /// <summary>Whether groups do without this device: WhatsApp itself runs it, for a business.</summary>
    public static bool IsLeftOut(Jid device) => DeviceList.IsHosted(device) || device.Device == DeviceList.HostedDevice;

    /// <summary>Whether nothing has changed since the roster was made.</summary>
    public bool IsCurrent(GroupRoster roster) => ReferenceEquals(Current(roster.Info.Jid), roster);

    /// <summary>Forgets what is known about the group and the devices of its members, which the service says is not true.</summary>
    public async ValueTask ForgetAsync(DeviceTransaction device, Jid group, CancellationToken ct)
    {
        if (await GroupDirectory.FindAsync(device, group, ct).ConfigureAwait(false) is { } info)
        {
            foreach (var member in info.Participants)
                await DeviceLists.ForgetAsync(device, member.Jid, ct).ConfigureAwait(false);
        }

        directory.Forget(device, group);
    }

    private GroupRoster? Current(Jid group)
    {
        lock (_lock)
        {
            if (!_rosters.TryGetValue(group, out var roster))
                return null;
            if (roster.GroupVersion == directory.VersionOf(group)
                && roster.ListsVersion == state.VersionOf(DeviceRecordKind.DeviceList)
                && options.Time.GetUtcNow() < roster.FreshUntil
                && roster.Self == SelfIn(roster.Info))
                return roster;

            _rosters.Remove(group);
            return null;
        }
    }

    private async ValueTask<(GroupInfo? Info, long Version)> ReadAsync(Jid group, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return (await GroupDirectory.FindAsync(device, group, ct).ConfigureAwait(false), directory.VersionOf(group));
    }

    private async Task<GroupRoster> MakeAsync(ServiceConnection connection, GroupInfo info, long groupVersion, CancellationToken ct)
    {
        var listsVersion = state.VersionOf(DeviceRecordKind.DeviceList);
        var self = SelfIn(info);
        Jid[] users = [.. info.Participants.Select(member => member.Jid.ToUser()).Append(self.ToUser()).Distinct()];
        var lists = await deviceLists.GetAsync(connection, users, ct).ConfigureAwait(false);
        var devices = users
            .Where(lists.ContainsKey)
            .SelectMany(user => lists[user].Devices)
            .Where(device => !IsLeftOut(device))
            .Append(self)
            .ToHashSet();
        var freshUntil = lists.Values.Select(list => list.FetchedAt).DefaultIfEmpty(options.Time.GetUtcNow()).Min() + DeviceList.Lifetime;
        var members = await MembersAsync(info, ct).ConfigureAwait(false);
        var roster = new GroupRoster(info, self, members, devices, freshUntil, groupVersion, listsVersion);
        lock (_lock)
        {
            if (_rosters.Values.Sum(other => other.Devices.Count) + devices.Count > DeviceLimit)
                _rosters.Clear();
            _rosters[info.Jid] = roster;
        }

        return roster;
    }

    private async ValueTask<IReadOnlyList<Jid>> MembersAsync(GroupInfo info, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return await device.MembersWithoutAsync(own.Paired, info, ct).ConfigureAwait(false);
    }

    private bool IsMember(GroupInfo info) => info.Participants.Any(member => own.Paired.IsOwn(member.Jid));

    private Jid SelfIn(GroupInfo info) =>
        info.Addressing == AddressingMode.Lid && own.Paired.Lid is { } lid ? lid : own.Paired.PhoneNumber!.Value;
}
