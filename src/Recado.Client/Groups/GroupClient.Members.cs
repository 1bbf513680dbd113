using Recado.Client.Contacts;
using Recado.Client.Sending;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Groups;

/// <summary>Members, invitations and wishes to join.</summary>
public sealed partial class GroupClient
{
    /// <summary>Adds members. A user who does not let others add them (403) can be sent the invitation that comes with the result.</summary>
    public Task<IReadOnlyList<ParticipantResult>> AddAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        ChangeMembersAsync(group, ParticipantAction.Add, users, ct);

    /// <summary>Removes members.</summary>
    public Task<IReadOnlyList<ParticipantResult>> RemoveAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        ChangeMembersAsync(group, ParticipantAction.Remove, users, ct);

    /// <summary>Makes members admins.</summary>
    public Task<IReadOnlyList<ParticipantResult>> PromoteAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        ChangeMembersAsync(group, ParticipantAction.Promote, users, ct);

    /// <summary>Makes admins ordinary members.</summary>
    public Task<IReadOnlyList<ParticipantResult>> DemoteAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        ChangeMembersAsync(group, ParticipantAction.Demote, users, ct);

    /// <summary>The link by which everyone who has it can join.</summary>
    public async Task<string> GetInviteLinkAsync(Jid group, CancellationToken ct)
    {
        CheckGroup(group);
        return LinkPrefix + GroupResponses.ParseInviteCode(await AskAsync(id => GroupRequests.InviteCode(id, group), ct).ConfigureAwait(false));
    }

    /// <summary>Makes a new link; the one before is good no more.</summary>
    public async Task<string> RevokeInviteLinkAsync(Jid group, CancellationToken ct)
    {
        CheckGroup(group);
        var answer = await AskAsync(id => GroupRequests.ResetInviteCode(id, group), ct).ConfigureAwait(false);
        return LinkPrefix + GroupResponses.ParseInviteCode(answer);
    }

    /// <summary>What a link leads to, without joining. Whoever is not in the group does not get to see its members.</summary>
    /// <param name="code">The link, or the code at its end.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="RequestRefusedException">The code is wrong (406) or good no more (410).</exception>
    public async Task<GroupInfo> PreviewAsync(string code, CancellationToken ct)
    {
        var text = CodeOf(code);
        var info = GroupResponses.ParseInfo(await AskAsync(id => GroupRequests.InviteInfo(id, text), ct).ConfigureAwait(false));
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        info = await device.WithNamesAsync(info, ct).ConfigureAwait(false);
        device.Publish();
        return info;
    }

    /// <summary>Joins by a link.</summary>
    /// <param name="code">The link, or the code at its end.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="RequestRefusedException">The code is wrong (406) or good no more (410), or one is a member already (409).</exception>
    public async Task<JoinResult> JoinAsync(string code, CancellationToken ct)
    {
        var text = CodeOf(code);
        return GroupResponses.ParseJoin(await AskAsync(id => GroupRequests.Join(id, text), ct).ConfigureAwait(false));
    }

    /// <summary>Joins by an invitation that came as a message.</summary>
    /// <param name="invite">The invitation.</param>
    /// <param name="admin">Who sent it.</param>
    /// <param name="ct">Gives up.</param>
    public Task AcceptInviteAsync(GroupInviteContent invite, Jid admin, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(invite);
        var expiresAt = invite.ExpiresAt ?? DateTimeOffset.UnixEpoch;
        return ChangeAsync(
            invite.Group, id => GroupRequests.AcceptInvite(id, invite.Group, invite.Code, expiresAt, admin.ToUser()), change: null, ct);
    }

    /// <summary>Takes back an invitation that was sent as a message.</summary>
    public Task RevokeInviteAsync(Jid group, Jid invited, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.RevokeInvite(id, group, invited.ToUser()), change: null, ct);

    /// <summary>Who wants to join.</summary>
    public async Task<IReadOnlyList<JoinRequest>> ListJoinRequestsAsync(Jid group, CancellationToken ct)
    {
        CheckGroup(group);
        var answer = await AskAsync(id => GroupRequests.JoinRequests(id, group), ct).ConfigureAwait(false);
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        var requests = await device.WithNamesAsync(GroupResponses.ParseJoinRequests(answer), ct).ConfigureAwait(false);
        device.Publish();
        return requests;
    }

    /// <summary>Lets users join who want to.</summary>
    public Task<IReadOnlyList<ParticipantResult>> ApproveAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        DecideAsync(group, users, approve: true, ct);

    /// <summary>Refuses users who want to join.</summary>
    public Task<IReadOnlyList<ParticipantResult>> RejectAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct) =>
        DecideAsync(group, users, approve: false, ct);

    private static string CodeOf(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var text = code.Trim();
        if (text.StartsWith(LinkPrefix, StringComparison.OrdinalIgnoreCase))
            text = text[LinkPrefix.Length..].Split('?', '/')[0];
        return text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : throw new ArgumentException($"An invite link is {LinkPrefix} and a code of letters and digits.", nameof(code));
    }

    private async Task<IReadOnlyList<ParticipantResult>> ChangeMembersAsync(
        Jid group, ParticipantAction action, IReadOnlyList<Jid> users, CancellationToken ct)
    {
        var members = await MembersAsync(group, users, ct).ConfigureAwait(false);
        var tokens = action == ParticipantAction.Add ? await TokensAsync(members, ct).ConfigureAwait(false) : null;
        var answer = await AskAsync(id => GroupRequests.Change(id, group, action, members, tokens), ct).ConfigureAwait(false);

        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        var results = await device.WithNamesAsync(GroupResponses.ParseResults(answer, action), ct).ConfigureAwait(false);
        var changed = results
            .Where(result => result.IsDone)
            .Select(result => new GroupParticipant(result.Jid.ToUser(), GroupRole.Member, result.PhoneNumber, result.Lid));
        await _updates.ApplyOwnAsync(device, group, new ParticipantsChanged(action, [.. changed], Reason: null), ct).ConfigureAwait(false);
        device.Publish();
        return results;
    }

    private async Task<IReadOnlyList<ParticipantResult>> DecideAsync(Jid group, IReadOnlyList<Jid> users, bool approve, CancellationToken ct)
    {
        var members = await MembersAsync(group, users, ct).ConfigureAwait(false);
        var answer = await AskAsync(
                id => GroupRequests.DecideJoinRequests(id, group, approve, members.Select(member => member.Jid)), ct)
            .ConfigureAwait(false);

        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        var results = await device.WithNamesAsync(GroupResponses.ParseDecision(answer, approve), ct).ConfigureAwait(false);
        device.Publish();
        return results;
    }

    /// <summary>What those have given us who let only people they trust add them to groups.</summary>
    private async Task<IReadOnlyDictionary<Jid, byte[]>> TokensAsync(IReadOnlyList<GroupParticipant> members, CancellationToken ct)
    {
        var tokens = new Dictionary<Jid, byte[]>();
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var member in members)
        {
            var user = await device.CanonicalAsync(member.Jid, ct).ConfigureAwait(false);
            if (await TrustedContacts.FindTokenAsync(device, user, _options.Time.GetUtcNow(), ct).ConfigureAwait(false) is { } token)
                tokens[member.Jid] = token.Bytes;
        }

        return tokens;
    }

    private async Task<IReadOnlyList<GroupParticipant>> MembersAsync(Jid group, IReadOnlyList<Jid> users, CancellationToken ct)
    {
        CheckGroup(group);
        ArgumentNullException.ThrowIfNull(users);
        if (users.Count == 0)
            throw new ArgumentException("Name at least one user.", nameof(users));

        return await NameAsync(users, await GetAsync(group, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }
}
