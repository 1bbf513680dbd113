using System.Buffers.Text;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Invite links, invitations for one account, and requests to join.</summary>
internal sealed partial class GroupDesk
{
    private const string ByLink = "invite", LinkMethod = "invite_link";
    private const int CodeBytes = 16;

    private Node InviteInfo(Node iq, Node invite)
    {
        if (!groups.TryFindCode(invite["code"] ?? "", out var group))
            return Error(iq, 406);

        return group is null ? Error(iq, 410) : Result(iq, Format(group, withMembers: false));
    }

    private Node Join(Device device, Node iq, Node invite)
    {
        if (!groups.TryFindCode(invite["code"] ?? "", out var group))
            return Error(iq, 406);
        if (group is null)
            return Error(iq, 410);
        if (group.Has(device.Account))
            return Error(iq, 409);
        if (group.Members.Count >= MaxMembers)
            return Error(iq, 419);

        if (group.RequiresApproval)
        {
            if (group.JoinRequests.TryAdd(device.Account, exchange.Now))
                _notices.JoinRequested(group, device, LinkMethod);

            return Result(iq, new Node("membership_approval_request", [("jid", group.Jid)]));
        }

        Enter(device, group, device.Account, ByLink);
        return Result(iq, new Node("group", [("jid", group.Jid)]));
    }

    private Node ResetInvite(Device device, Node iq, Group group)
    {
        groups.ReplaceCode(group, NewCode());
        _notices.Changed(group, device, new InviteCodeChanged(group.InviteCode));
        return Result(iq, Code(group));
    }

    private static Node Code(Group group) => new("invite", [("code", group.InviteCode)]);

    private Node PersonalInviteInfo(Account account, Node iq, Node request, Group group) =>
        ProblemWith(account, request, group) is { } problem ? Error(iq, problem) : Result(iq, Format(group, withMembers: false));

    /// <summary>Accepts an invitation that came as a message.</summary>
    private Node Accept(Device device, Node iq, Node accept, Group group)
    {
        if (ProblemWith(device.Account, accept, group) is { } problem)
            return Error(iq, problem);

        Enter(device, group, device.Account, ByLink);
        return Result(iq);
    }

    private int? ProblemWith(Account account, Node request, Group group)
    {
        if (!group.Invites.TryGetValue(account, out var invite) || invite.Code != request["code"] || !request.IsJid("admin")
            || exchange.Accounts.Find(request.RequiredJid("admin")) != invite.Admin)
            return 406;

        return invite.ExpiresAt < exchange.Now || !group.Has(invite.Admin) ? 410 : null;
    }

    private Node RevokeInvites(Node iq, Node revoke, Group group) => Result(iq, Node.Of("revoke", [.. revoke.Children.Select(participant =>
    {
        var jid = JidIn(participant);
        return exchange.Accounts.Find(jid) is { } account && group.Invites.Remove(account) ? new Node("participant", [("jid", jid)]) : Failed(jid, 404);
    })]));

    private static Node JoinRequests(Group group) => Node.Of("membership_approval_requests", [.. group.JoinRequests.Select(request => new Node(
        "membership_approval_request",
        [
            ("jid", group.NameOf(request.Key)), ("phone_number", group.Addressing == Addressing.Lid ? request.Key.PhoneJid : null),
            ("request_time", request.Value.ToUnixTimeSeconds()), ("request_method", LinkMethod),
        ]))]);

    private Node Decide(Device device, Node iq, Node action, Group group)
    {
        if (action.Children is not [{ Tag: "approve" or "reject" } decision])
            return Malformed(device, iq, "A decision about join requests neither approves nor rejects.");

        var decided = new List<Account>();
        var results = new List<Node>();
        foreach (var participant in decision.Children)
        {
            var jid = JidIn(participant);
            var account = exchange.Accounts.Find(jid);
            if (account is null || !group.JoinRequests.Remove(account))
            {
                results.Add(Failed(jid, 404));
                continue;
            }

            decided.Add(account);
            results.Add(Participant(group, account));
            if (decision.Tag == "approve")
                groups.Enter(group, account, GroupRole.Member);
        }

        if (decided.Count > 0 && decision.Tag == "approve")
            _notices.Added(group, device, decided, reason: null);
        else if (decided.Count > 0)
            _notices.JoinRejected(group, device, decided);

        return Result(iq, Node.Of("membership_requests_action", Node.Of(decision.Tag, results)));
    }

    private void Enter(Device actor, Group group, Account account, string reason)
    {
        groups.Enter(group, account, GroupRole.Member);
        Forget(group, account);
        _notices.Added(group, actor, [account], reason);
    }

    private string NewCode() => Base64Url.EncodeToString(exchange.Random.Bytes(CodeBytes));
}
