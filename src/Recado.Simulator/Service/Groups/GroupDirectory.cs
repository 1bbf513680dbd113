using Recado.Protocol;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>The groups, found by JID, member or invite code. Guarded by the exchange's lock.</summary>
internal sealed class GroupDirectory
{
    private readonly Dictionary<Jid, Group> _byJid = [];
    private readonly Dictionary<Account, List<Group>> _byMember = [];
    private readonly Dictionary<string, Group?> _byCode = [];

    public IReadOnlyCollection<Group> All => _byJid.Values;

    /// <summary>Codes that are good no more.</summary>
    public IEnumerable<string> RevokedCodes => _byCode.Where(code => code.Value is null).Select(code => code.Key);

    public Group? Find(Jid jid) => _byJid.GetValueOrDefault(jid);

    /// <summary>The groups an account is a member of, in the order it became one.</summary>
    public IReadOnlyList<Group> Of(Account account) => _byMember.GetValueOrDefault(account) ?? [];

    /// <summary>The accounts that share a group with an account.</summary>
    public IEnumerable<Account> Neighbours(Account account) => Of(account).SelectMany(g => g.Members.Keys).Where(a => a != account).Distinct();

    /// <summary>What a code invites to. A code that was revoked is known, but leads nowhere.</summary>
    public bool TryFindCode(string code, out Group? group) => _byCode.TryGetValue(code, out group);

    public void Add(Group group)
    {
        _byJid.Add(group.Jid, group);
        _byCode.Add(group.InviteCode, group);
        foreach (var member in group.Members.Keys)
        {
            Note(group, member);
        }
    }

    public void Enter(Group group, Account account, Protocol.Groups.GroupRole role)
    {
        group.Members.Add(account, role);
        Note(group, account);
    }

    public void Leave(Group group, Account account)
    {
        group.Members.Remove(account);
        _byMember.GetValueOrDefault(account)?.Remove(group);
    }

    public void ReplaceCode(Group group, string code)
    {
        Revoke(group.InviteCode);
        group.InviteCode = code;
        _byCode.Add(code, group);
    }

    public void Revoke(string code) => _byCode[code] = null;

    private void Note(Group group, Account account)
    {
        if (!_byMember.TryGetValue(account, out var groups))
            _byMember.Add(account, groups = []);

        groups.Add(group);
    }
}
