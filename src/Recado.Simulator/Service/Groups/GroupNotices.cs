using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Tells members of what has changed: <c>w:gp2</c> notifications to all their devices, once the answer to the change is out.</summary>
internal sealed class GroupNotices(Exchange exchange)
{
    public void Created(Group group, Device actor, string? key)
    {
        var info = group.Describe(withMembers: true);
        Send(group, actor, [actor.Account], new GroupJoined(info, key) { IsNew = true });
        Send(group, actor, group.Members.Keys.Where(m => m != actor.Account), new GroupJoined(info, null) { IsNew = true });
    }

    /// <summary>The new members are shown the group, the others the new members.</summary>
    public void Added(Group group, Device actor, IReadOnlyList<Account> added, string? reason)
    {
        var previous = group.NextVersion();
        Send(group, actor, added, new GroupJoined(group.Describe(withMembers: true), null));
        Send(group, actor, group.Members.Keys.Except(added), Members(group, ParticipantAction.Add, added.Select(group.Participant), previous, reason));
    }

    public void Removed(Group group, Device actor, IReadOnlyList<GroupParticipant> removed, IEnumerable<Account> notified, string? reason)
    {
        var previous = group.NextVersion();
        Send(group, actor, notified, Members(group, ParticipantAction.Remove, removed, previous, reason));
    }

    public void RolesChanged(Group group, Device actor, ParticipantAction action, IEnumerable<Account> changed)
    {
        var previous = group.NextVersion();
        Send(group, actor, group.Members.Keys, Members(group, action, changed.Select(group.Participant), previous, reason: null));
    }

    public void Changed(Group group, Device actor, GroupChange change) => Send(group, actor, group.Members.Keys, change);

    /// <summary>Whoever wants to join is the affair of admins.</summary>
    public void JoinRequested(Group group, Device actor, string method) =>
        Send(group, actor, group.Members.Keys.Where(group.IsAdmin), new JoinRequested([group.NameOf(actor.Account)], method));

    public void JoinRejected(Group group, Device actor, IReadOnlyList<Account> rejected) =>
        Send(group, actor, group.Members.Keys.Where(group.IsAdmin).Concat(rejected), new JoinRequestEnded([.. rejected.Select(group.NameOf)]));

    private static ParticipantsChanged Members(
        Group group, ParticipantAction action, IEnumerable<GroupParticipant> participants, string previous, string? reason) =>
        new(action, [.. participants], reason) { PreviousVersion = previous, Version = Group.Text(group.Version) };

    private void Send(Group group, Device actor, IEnumerable<Account> receivers, GroupChange change)
    {
        var notification = new GroupNotification(group.Jid, [change])
        {
            Actor = group.NameOf(actor.Account),
            ActorPhoneNumber = actor.Account.PhoneJid,
            ActorName = actor.Account.Name,
            At = exchange.Now,
            Addressing = group.Mode,
        };
        var stanza = notification.Format(exchange.NewId());
        if (group.Addressing == Addressing.PhoneNumber)
            stanza = stanza.With(("participant_lid", actor.Account.LidJid));

        foreach (var device in receivers.SelectMany(r => r.Devices.Values).ToList())
        {
            exchange.Later(() => exchange.Delivery.Deliver(device, stanza));
        }
    }
}
