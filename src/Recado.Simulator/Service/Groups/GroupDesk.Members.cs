using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Members: who comes, who goes, who becomes an admin. Each is answered by itself.</summary>
internal sealed partial class GroupDesk
{
    private static readonly TimeSpan InviteLifetime = TimeSpan.FromDays(3);

    private Node Add(Device device, Node iq, Node add, Group group)
    {
        if (group.Members.Count + add.Children.Count > MaxMembers)
            return Error(iq, 419);

        var added = new List<Account>();
        var results = new List<Node>();
        foreach (var participant in add.Children)
        {
            var (account, result) = Invited(device, participant, group);
            results.Add(result ?? Participant(group, account!));
            if (result is not null)
                continue;

            groups.Enter(group, account!, GroupRole.Member);
            Forget(group, account!);
            added.Add(account!);
        }

        if (added.Count > 0)
            _notices.Added(group, device, added, reason: null);

        return Result(iq, Node.Of("add", results));
    }

    private Node Change(Device device, Node iq, Node change, Group group)
    {
        var changed = new List<Account>();
        var results = new List<Node>();
        foreach (var participant in change.Children)
        {
            var account = exchange.Accounts.Find(JidIn(participant));
            var error = account is null || !group.Has(account) ? 404 : Problem(change.Tag, group.Members[account]);
            results.Add(error is null ? Participant(group, account!) : Failed(participant.RequiredJid("jid"), error.Value));
            if (error is not null)
                continue;

            changed.Add(account!);
            if (change.Tag != "remove")
                group.Members[account!] = change.Tag == "promote" ? GroupRole.Admin : GroupRole.Member;
        }

        if (changed.Count > 0 && change.Tag == "remove")
            Remove(device, group, changed, reason: null);
        else if (changed.Count > 0)
            _notices.RolesChanged(group, device, change.Tag == "promote" ? ParticipantAction.Promote : ParticipantAction.Demote, changed);

        return Result(iq, Node.Of(change.Tag, results));
    }

    /// <summary>Why a member cannot be given another role or be removed.</summary>
    private static int? Problem(string change, GroupRole role) => (change, role) switch
    {
        ("remove" or "demote", GroupRole.SuperAdmin) => 405,
        ("promote", not GroupRole.Member) or ("demote", GroupRole.Member) => 409,
        _ => null,
    };

    private void Remove(Device actor, Group group, IReadOnlyList<Account> removed, string? reason)
    {
        // They hear of it as the others do, and of nothing after it.
        var notified = group.Members.Keys.ToList();
        var participants = removed.Select(account => group.Participant(account) with { Role = GroupRole.Member }).ToList();
        foreach (var account in removed)
        {
            groups.Leave(group, account);
        }

        _notices.Removed(group, actor, participants, notified, reason);
    }

    /// <summary>Who is to become a member, and why they cannot, when they cannot.</summary>
    private (Account? Account, Node? Refused) Invited(Device device, Node participant, Group group)
    {
        var jid = JidIn(participant);
        if (exchange.Accounts.Find(jid) is not { } account)
            return (null, Failed(jid, 404));
        if (group.Has(account))
            return (account, Failed(jid, 409));

        return MayAdd(device, account, participant.Child("privacy")) ? (account, null) : (account, PersonalInvite(device.Account, account, jid, group));
    }

    /// <summary>Whether the account lets the other add it to groups.</summary>
    private bool MayAdd(Device adder, Account account, Node? token) =>
        Visibility.Sees(adder.Account, account, PrivacySettings.GroupAdd, exchange.Visibility.IsTrusted(adder, account, token));

    /// <summary>What can be sent to an account that does not let others add it.</summary>
    private Node PersonalInvite(Account admin, Account account, Jid jid, Group group)
    {
        var invite = new Group.PersonalInvite(NewCode(), exchange.Now + InviteLifetime, admin);
        group.Invites[account] = invite;
        var request = new Node("add_request", [("code", invite.Code), ("expiration", invite.ExpiresAt.ToUnixTimeSeconds())]);
        return new Node("participant", [("jid", jid), ("error", 403)], [request]);
    }

    /// <summary>What was open about an account that is a member now.</summary>
    private static void Forget(Group group, Account account)
    {
        group.Invites.Remove(account);
        group.JoinRequests.Remove(account);
    }

    private static Jid JidIn(Node participant) =>
        participant.Tag == "participant" && participant.IsJid("jid") && participant.RequiredJid("jid") is { Device: 0 } jid
            ? jid
            : throw ProtocolException.MalformedStanza("A participant has no JID of a user.");

    private static Node Participant(Group group, Account account) => GroupNodes.Format(group.Participant(account) with { Role = GroupRole.Member });

    private static Node Failed(Jid jid, int error) => new("participant", [("jid", jid), ("error", error)]);
}
