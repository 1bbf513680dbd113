using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;
using Recado.Simulator.Service;
using Recado.Simulator.Service.Groups;

namespace Recado.Simulator.State;

/// <summary>Groups, and who holds whose sender keys, to their saved form and back.</summary>
internal static class GroupStateMapper
{
    public static GroupState Save(Group group) => new(
        group.Jid.ToString(), group.Addressing == Addressing.Lid, group.CreatedAt, group.Creator?.Phone, group.Subject, group.SubjectBy?.Phone,
        group.SubjectAt, group.Topic is { } topic ? new DescriptionState(topic.Text, topic.Id, topic.Author.Phone, topic.At) : null,
        new GroupSettingsState(
            group.IsAnnouncement, group.IsLocked, (long)(group.Expiration?.TotalSeconds ?? 0), group.MemberAddMode == MemberAddMode.Admins,
            group.RequiresApproval),
        [.. group.Members.Select(m => new MemberState(m.Key.Phone, (int)m.Value))], group.Version, group.AnnouncementVersion, group.InviteCode,
        [.. group.JoinRequests.Select(r => new JoinRequestState(r.Key.Phone, r.Value))],
        [.. group.Invites.Select(i => new PersonalInviteState(i.Key.Phone, i.Value.Code, i.Value.ExpiresAt, i.Value.Admin.Phone))],
        Save(group.SenderKeys))
    {
        Picture = StateMapper.Save(group.Picture),
    };

    public static IReadOnlyList<HoldersState> Save(SenderKeyLedger ledger) =>
        [.. ledger.All.Select(entry => new HoldersState(entry.Sender.ToString(), entry.Key.KeyId, [.. entry.Key.Devices.Select(d => d.ToString())]))];

    /// <summary>Restores a group. All accounts are there before the first one.</summary>
    /// <param name="exchange">Where it lives.</param>
    /// <param name="state">Its saved form.</param>
    /// <param name="isComplete">Whether nothing can have happened after the state was saved.</param>
    public static void Restore(Exchange exchange, GroupState state, bool isComplete)
    {
        Account Named(string phone) => exchange.Accounts.ByPhone(phone)!;
        var group = new Group(Jid.Parse(state.Jid), state.ByLid ? Addressing.Lid : Addressing.PhoneNumber, state.CreatedAt)
        {
            Creator = state.Creator is { } creator ? Named(creator) : null,
            Subject = state.Subject,
            SubjectBy = state.SubjectBy is { } by ? Named(by) : null,
            SubjectAt = state.SubjectAt,
            Topic = state.Description is { } topic ? new Group.Description(topic.Text, topic.Id, Named(topic.Author), topic.At) : null,
            Picture = StateMapper.Restore(state.Picture),
            IsAnnouncement = state.Settings.IsAnnouncement,
            IsLocked = state.Settings.IsLocked,
            Expiration = state.Settings.ExpirationSeconds == 0 ? null : TimeSpan.FromSeconds(state.Settings.ExpirationSeconds),
            MemberAddMode = state.Settings.OnlyAdminsAdd ? MemberAddMode.Admins : MemberAddMode.Everyone,
            RequiresApproval = state.Settings.RequiresApproval,
            Version = state.Version,
            AnnouncementVersion = state.AnnouncementVersion,
            InviteCode = state.InviteCode,
        };
        foreach (var member in state.Members)
        {
            group.Members.Add(Named(member.Phone), (GroupRole)member.Role);
        }

        foreach (var request in state.JoinRequests)
        {
            group.JoinRequests.Add(Named(request.Phone), request.At);
        }

        foreach (var invite in state.Invites)
        {
            group.Invites.Add(Named(invite.Phone), new Group.PersonalInvite(invite.Code, invite.ExpiresAt, Named(invite.Admin)));
        }

        Restore(exchange, group.SenderKeys, state.SenderKeys, isComplete);
        exchange.Groups.Add(group);
    }

    public static void Restore(Exchange exchange, SenderKeyLedger ledger, IReadOnlyList<HoldersState> state, bool isComplete)
    {
        ledger.IsIncomplete = !isComplete;
        foreach (var key in state)
        {
            if (exchange.Accounts.FindDevice(key.Sender) is { } sender)
                ledger.Restore(sender, key.KeyId, key.Devices.Select(exchange.Accounts.FindDevice).OfType<Device>());
        }
    }
}
