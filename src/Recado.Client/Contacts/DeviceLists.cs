using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Contacts;

/// <summary>Which devices users have: cached, kept current by notifications, asked for when unknown or a day old.</summary>
internal sealed class DeviceLists(DeviceState state, TimeProvider time)
{
    /// <summary>The devices of the users that exist. Users the service does not know are missing from the result.</summary>
    public async Task<IReadOnlyDictionary<Jid, DeviceList>> GetAsync(
        ServiceConnection connection,
        IReadOnlyList<Jid> users,
        CancellationToken ct)
    {
        var found = new Dictionary<Jid, DeviceList>();
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            foreach (var user in users)
            {
                if (await ReadAsync(device, user, ct).ConfigureAwait(false) is { } list && list.IsFresh(time.GetUtcNow()))
                    found[user] = list;
            }
        }

        var missing = users.Where(user => !found.ContainsKey(user)).ToList();
        if (missing.Count > 0)
        {
            foreach (var list in await FetchAsync(connection, missing, ct).ConfigureAwait(false))
                found[list.User] = list;
        }

        return found;
    }

    /// <summary>Asks the service, stores what it says, and learns the names of users on the way.</summary>
    private async Task<IReadOnlyList<DeviceList>> FetchAsync(ServiceConnection connection, IReadOnlyList<Jid> users, CancellationToken ct)
    {
        var answer = await connection
            .RequestAsync("get", "usync", [Usync.DevicesQuery(connection.NextId(), users)], ct)
            .ConfigureAwait(false);
        var lists = new List<DeviceList>();
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var user in Usync.Parse(answer))
        {
            await device.LearnAsync(user.Jid, user.OtherName, ct).ConfigureAwait(false);
            if (user.Devices is not { Count: > 0 } devices)
                continue;

            var list = new DeviceList(user.Jid.ToUser(), time.GetUtcNow(), devices);
            lists.Add(list);
            Write(device, list);
            if (user.OtherName is { } other)
            {
                lists.Add(list.For(other.ToUser()));
                Write(device, list.For(other.ToUser()));
            }
        }

        device.Publish();
        return lists;
    }

    public static ValueTask<DeviceList?> ReadAsync(DeviceTransaction device, Jid user, CancellationToken ct) =>
        device.ReadAsync(Keys.DeviceList(user), data => DeviceList.Parse(user, data), ct);

    public static void Write(DeviceTransaction device, DeviceList list) =>
        device.Put(Keys.DeviceList(list.User), list.Serialize(), list, list.FetchedAt + DeviceList.Lifetime);

    /// <summary>Forgets the list under both names of the user.</summary>
    public static async ValueTask ForgetAsync(DeviceTransaction device, Jid user, CancellationToken ct)
    {
        device.Delete(Keys.DeviceList(user.ToUser()));
        var other = user.IsLid
            ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false)
            : await device.LidOfAsync(user, ct).ConfigureAwait(false);
        if (other is { } name)
            device.Delete(Keys.DeviceList(name));
    }
}
