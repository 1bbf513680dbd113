using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Groups;

namespace Recado.Client.Groups;

/// <summary>Both names of everybody in a group: learnt from what the service says, and filled in from what is known.</summary>
internal static class GroupNames
{
    public static async ValueTask<GroupInfo> WithNamesAsync(this DeviceTransaction device, GroupInfo info, CancellationToken ct)
    {
        await device.LearnAsync(info.Creator, info.CreatorPhoneNumber, ct).ConfigureAwait(false);
        return info with
        {
            Participants = await device.WithNamesAsync(info.Participants, ct).ConfigureAwait(false),
            CreatorPhoneNumber = info.CreatorPhoneNumber
                ?? (info.Creator is { } creator ? await device.PhoneNumberOfAsync(creator, ct).ConfigureAwait(false) : null),
        };
    }

    public static ValueTask<IReadOnlyList<GroupParticipant>> WithNamesAsync(
        this DeviceTransaction device, IReadOnlyList<GroupParticipant> participants, CancellationToken ct) =>
        device.WithNamesAsync(
            participants,
            member => (member.Jid, member.PhoneNumber, member.Lid),
            (member, phone, lid) => member with { PhoneNumber = phone, Lid = lid },
            ct);

    public static ValueTask<IReadOnlyList<ParticipantResult>> WithNamesAsync(
        this DeviceTransaction device, IReadOnlyList<ParticipantResult> results, CancellationToken ct) =>
        device.WithNamesAsync(
            results,
            result => (result.Jid, result.PhoneNumber, result.Lid),
            (result, phone, lid) => result with { PhoneNumber = phone, Lid = lid },
            ct);

    public static ValueTask<IReadOnlyList<JoinRequest>> WithNamesAsync(
        this DeviceTransaction device, IReadOnlyList<JoinRequest> requests, CancellationToken ct) =>
        device.WithNamesAsync(
            requests,
            request => (request.Jid, request.PhoneNumber, request.Lid),
            (request, phone, lid) => request with { PhoneNumber = phone, Lid = lid },
            ct);

    /// <summary>Everybody in a group but ourselves, by LID where it is known.</summary>
    public static async ValueTask<IReadOnlyList<Jid>> MembersWithoutAsync(this DeviceTransaction device, Credentials own, GroupInfo info, CancellationToken ct)
    {
        var members = new List<Jid>(info.Participants.Count);
        foreach (var member in info.Participants.Where(member => !own.IsOwn(member.Jid)))
            members.Add(await device.CanonicalAsync(member.Jid, ct).ConfigureAwait(false));

        return members;
    }

    /// <summary>A user by the name that the group uses, as far as both are known.</summary>
    public static async ValueTask<Jid> InAsync(DeviceTransaction device, Jid user, Jid group, CancellationToken ct)
    {
        var name = (await GroupDirectory.FindAsync(device, group, ct).ConfigureAwait(false))?.Addressing switch
        {
            AddressingMode.Lid => await device.LidOfAsync(user, ct).ConfigureAwait(false),
            AddressingMode.PhoneNumber => await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false),
            _ => null,
        };
        return name ?? user.ToUser();
    }

    private static async ValueTask<IReadOnlyList<T>> WithNamesAsync<T>(
        this DeviceTransaction device,
        IReadOnlyList<T> users,
        Func<T, (Jid Jid, Jid? PhoneNumber, Jid? Lid)> names,
        Func<T, Jid?, Jid?, T> with,
        CancellationToken ct)
    {
        var named = new T[users.Count];
        for (var i = 0; i < named.Length; i++)
        {
            var (jid, phone, lid) = names(users[i]);
            await device.LearnAsync(phone, lid, ct).ConfigureAwait(false);
            named[i] = with(
                users[i],
                phone?.ToUser() ?? await device.PhoneNumberOfAsync(jid, ct).ConfigureAwait(false),
                lid?.ToUser() ?? await device.LidOfAsync(jid, ct).ConfigureAwait(false));
        }

        return named;
    }
}
