using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Simulator.Accounts;
using Recado.Simulator.Phones;

namespace Recado.Simulator;

/// <summary>Groups, as the owner of the phone uses them. What the service refuses is a <see cref="SimulatorException"/> with its code.</summary>
public sealed partial class SimulatedPhone
{
    /// <summary>The groups the phone is in.</summary>
    public IReadOnlyList<GroupInfo> Groups => Ask(GroupRequests.List, GroupResponses.ParseList);

    /// <summary>Makes a group.</summary>
    /// <param name="subject">Its name.</param>
    /// <param name="members">The other members: numbers or JIDs.</param>
    /// <param name="addressing">By which of their two names it knows its members.</param>
    /// <param name="settings">Its settings, where they are not the usual ones.</param>
    /// <returns>The group, with the members it has got.</returns>
    /// <exception cref="SimulatorException">Nobody has one of the numbers, or the service refuses the group.</exception>
    public GroupInfo CreateGroup(string subject, IEnumerable<string> members, AddressingMode addressing = AddressingMode.Lid, NewGroup? settings = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(members);
        var group = (settings ?? new NewGroup()) with { Participants = [.. members.Select(Participant)] };
        return Ask(
            id => GroupRequests.Create(id, subject, group), GroupResponses.ParseInfo,
            addressing == AddressingMode.Lid ? Addressing.Lid : Addressing.PhoneNumber);
    }

    /// <summary>A group the phone is in.</summary>
    /// <exception cref="SimulatorException">There is no such group, or the phone is not in it.</exception>
    public GroupInfo Group(string group) => Ask(id => GroupRequests.Info(id, GroupOf(group)), GroupResponses.ParseInfo);

    /// <summary>Adds, removes, promotes or demotes members.</summary>
    /// <returns>What became of each.</returns>
    /// <exception cref="SimulatorException">The phone may not do that.</exception>
    public IReadOnlyList<ParticipantResult> ChangeMembers(string group, ParticipantAction action, params IReadOnlyList<string> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Ask(
            id => GroupRequests.Change(id, GroupOf(group), action, members.Select(Participant)), answer => GroupResponses.ParseResults(answer, action));
    }

    /// <summary>Changes name, description and settings: those that are given.</summary>
    /// <exception cref="SimulatorException">The phone may not do that, or there is no such value. What comes before it is changed.</exception>
    public void ChangeGroup(string group, GroupSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _exchange.Run(() =>
        {
            foreach (var request in Requests(GroupOf(group), settings))
            {
                _endpoint.Ask(request);
            }
        });
    }

    /// <summary>Leaves a group.</summary>
    /// <exception cref="SimulatorException">The phone is not in it.</exception>
    public void LeaveGroup(string group)
    {
        if (Ask(id => GroupRequests.Leave(id, GroupOf(group)), answer => answer.RequiredChild("leave").RequiredChild("group")["error"]) is { } error)
            throw new SimulatorException($"The service refuses to let the phone leave with error {error}.");
    }

    /// <summary>The code of the group's invite link.</summary>
    /// <exception cref="SimulatorException">The phone is no admin.</exception>
    public string InviteCode(string group) => Ask(id => GroupRequests.InviteCode(id, GroupOf(group)), GroupResponses.ParseInviteCode);

    /// <summary>Replaces the code of the group's invite link.</summary>
    /// <returns>The new one.</returns>
    /// <exception cref="SimulatorException">The phone is no admin.</exception>
    public string ResetInviteCode(string group) => Ask(id => GroupRequests.ResetInviteCode(id, GroupOf(group)), GroupResponses.ParseInviteCode);

    /// <summary>The group that a code invites to, without its members.</summary>
    /// <exception cref="SimulatorException">The code is none, or was revoked.</exception>
    public GroupInfo InviteInfo(string code) => Ask(id => GroupRequests.InviteInfo(id, code), GroupResponses.ParseInfo);

    /// <summary>Joins by the code of an invite link, or asks to.</summary>
    /// <exception cref="SimulatorException">The code is none or was revoked, or the phone is in the group.</exception>
    public JoinResult JoinGroup(string code) => Ask(id => GroupRequests.Join(id, code), GroupResponses.ParseJoin);

    /// <summary>Joins by an invitation that came as a message.</summary>
    /// <exception cref="SimulatorException">The invitation is none, was taken back or has expired.</exception>
    public void AcceptInvite(string group, string code, DateTimeOffset expiresAt, string admin) =>
        Ask(id => GroupRequests.AcceptInvite(id, GroupOf(group), code, expiresAt, UserOf(admin)), answer => answer);

    /// <summary>Takes back an invitation that was made for one account.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="SimulatorException">The phone is no admin.</exception>
    public bool RevokeInvite(string group, string invited) => Ask(
        id => GroupRequests.RevokeInvite(id, GroupOf(group), UserOf(invited)),
        answer => answer.RequiredChild("revoke").RequiredChild("participant")["error"] is null);

    /// <summary>Sends an invitation as a message, to an account that does not let others add it.</summary>
    /// <param name="to">A number or JID.</param>
    /// <param name="group">The group.</param>
    /// <param name="invite">What came of adding the account.</param>
    /// <param name="ct">Not used once the message is on its way, which is at once.</param>
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">The phone is not in the group, or the service refuses the message.</exception>
    public Task<string> SendInviteAsync(string to, string group, ParticipantInvite invite, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(invite);
        var content = new GroupInviteContent(GroupOf(group), invite.Code) { GroupName = Group(group).Subject, ExpiresAt = invite.ExpiresAt };
        return SendAsync(to, MessageContentMapper.ToProto(content), ct);
    }

    /// <summary>Who wants to join.</summary>
    /// <exception cref="SimulatorException">The phone is no admin.</exception>
    public IReadOnlyList<JoinRequest> JoinRequests(string group) =>
        Ask(id => GroupRequests.JoinRequests(id, GroupOf(group)), GroupResponses.ParseJoinRequests);

    /// <summary>Decides who joins.</summary>
    /// <returns>What became of each.</returns>
    /// <exception cref="SimulatorException">The phone is no admin.</exception>
    public IReadOnlyList<ParticipantResult> DecideJoinRequests(string group, bool approve, params IReadOnlyList<string> users)
    {
        ArgumentNullException.ThrowIfNull(users);
        return Ask(
            id => GroupRequests.DecideJoinRequests(id, GroupOf(group), approve, users.Select(UserOf)),
            answer => GroupResponses.ParseDecision(answer, approve));
    }

    /// <summary>Loses the sender keys of others in a group: what they write next cannot be decrypted at first.</summary>
    public void ForgetSenderKeys(string group) => _exchange.Run(() => _endpoint.ForgetSenderKeys(Jid.Parse(group)));

    /// <summary>Forgets who was given the phone's own sender key in a group: the next message gives it to everybody again.</summary>
    public void ForgetDistribution(string group) => _exchange.Run(() => _endpoint.ForgetDistribution(Jid.Parse(group)));

    /// <summary>Makes a new sender key with the next message to a group.</summary>
    public void RotateSenderKey(string group) => _exchange.Run(() => _endpoint.RotateSenderKey(Jid.Parse(group)));

    /// <summary>Sets the picture of a group, or takes it away.</summary>
    /// <param name="group">The group.</param>
    /// <param name="jpeg">A square JPEG of 64 to 640 pixels.</param>
    /// <exception cref="SimulatorException">It is none, or the phone may not change it.</exception>
    public void SetGroupPicture(string group, byte[]? jpeg) => _exchange.Run(() => _endpoint.SetGroupPicture(GroupOf(group), jpeg));

    private T Ask<T>(Func<string, Node> request, Func<Node, T> read, Addressing addressing = Addressing.Lid) =>
        _exchange.Run(() => read(_endpoint.Ask(request(_exchange.NewId()), addressing)));

    private IEnumerable<Node> Requests(Jid group, GroupSettings settings)
    {
        if (settings.Subject is { } subject)
            yield return GroupRequests.SetSubject(_exchange.NewId(), group, subject);
        if (settings.Description is { } text)
        {
            var version = MessageId.Create(_exchange.Now, PhoneNumber, _exchange.Random);
            var previous = _exchange.Groups.Find(group)?.Topic?.Id;
            yield return GroupRequests.SetDescription(_exchange.NewId(), group, text.Length == 0 ? null : text, version, previous);
        }

        if (settings.IsLocked is { } isLocked)
            yield return GroupRequests.SetLocked(_exchange.NewId(), group, isLocked);
        if (settings.IsAnnouncement is { } isAnnouncement)
            yield return GroupRequests.SetAnnouncement(_exchange.NewId(), group, isAnnouncement);
        if (settings.Expiration is { } expiration)
            yield return GroupRequests.SetExpiration(_exchange.NewId(), group, expiration == TimeSpan.Zero ? null : expiration);
        if (settings.MemberAddMode is { } mode)
            yield return GroupRequests.SetMemberAddMode(_exchange.NewId(), group, mode);
        if (settings.RequiresApproval is { } approval)
            yield return GroupRequests.SetApproval(_exchange.NewId(), group, approval);
    }

    private GroupParticipant Participant(string member) => new(UserOf(member));

    private Jid UserOf(string user) => _endpoint.Resolve(user) is { IsGroup: false } jid ? jid : throw new SimulatorException($"'{user}' is no user.");

    private static Jid GroupOf(string group) => Jid.TryParse(group, out var jid) && jid.IsGroup
        ? jid
        : throw new SimulatorException($"'{group}' is not the JID of a group, which ends in @g.us.");
}

/// <summary>What is to change in a group; what is <see langword="null"/> stays.</summary>
public sealed record GroupSettings
{
    /// <summary>Its name.</summary>
    public string? Subject { get; init; }

    /// <summary>What it is about; empty for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>Whether only admins change name and description.</summary>
    public bool? IsLocked { get; init; }

    /// <summary>Whether only admins write.</summary>
    public bool? IsAnnouncement { get; init; }

    /// <summary>After how long messages disappear; zero when they stay.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>Who may add members.</summary>
    public MemberAddMode? MemberAddMode { get; init; }

    /// <summary>Whether admins decide who joins by link.</summary>
    public bool? RequiresApproval { get; init; }
}
