using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Groups;

/// <summary>
/// The groups of an account. Thread-safe. Users may be named by phone number or LID, whichever the group itself uses; results name them
/// both ways as far as that is known. Every method throws <see cref="ConnectionException"/> when the session is not connected,
/// <see cref="RequestRefusedException"/> when WhatsApp refuses (403: not a member, or not an admin where that is needed; 404: no such
/// group), and <see cref="RequestTimeoutException"/> when it does not answer.
/// </summary>
public sealed partial class GroupClient
{
    private const string LinkPrefix = "https://chat.whatsapp.com/";

    private readonly DeviceState _state;
    private readonly LiveConnection _live;
    private readonly GroupDirectory _directory;
    private readonly GroupUpdates _updates;
    private readonly ClientOptions _options;

    internal GroupClient(DeviceState state, LiveConnection live, GroupDirectory directory, GroupUpdates updates, ClientOptions options) =>
        (_state, _live, _directory, _updates, _options) = (state, live, directory, updates, options);

    /// <summary>Makes a group with oneself as its creator.</summary>
    /// <param name="subject">Its name.</param>
    /// <param name="group">How it begins; <see cref="NewGroup.Key"/> is made when there is none.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The group, and for each member asked for whether it could be added.</returns>
    public async Task<NewGroupResult> CreateAsync(string subject, NewGroup group, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentNullException.ThrowIfNull(group);
        if (group.Community is { } community)
            CheckGroup(community);
        var members = await NameAsync([.. group.Participants.Select(member => member.Jid)], known: null, ct).ConfigureAwait(false);
        var wanted = group with { Participants = members, Key = group.Key ?? MessageId.Create(_options.Time.GetUtcNow(), null, _options.Random) };

        var tokens = await TokensAsync(members, ct).ConfigureAwait(false);
        var answer = await AskAsync(id => GroupRequests.Create(id, subject, wanted, tokens), ct).ConfigureAwait(false);
        var made = GroupResponses.ParseCreation(answer);
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        made = new(
            await _directory.PutAsync(device, made.Info, ct).ConfigureAwait(false),
            await device.WithNamesAsync(made.Participants, ct).ConfigureAwait(false));
        device.Publish();
        return made;
    }

    /// <summary>A group one is in: as known here, or as WhatsApp tells when it is not known.</summary>
    public Task<GroupInfo> GetAsync(Jid group, CancellationToken ct)
    {
        CheckGroup(group);
        return _directory.GetAsync(_live.Require(), group, ct);
    }

    /// <summary>All groups one is in, as WhatsApp tells. Not to be called often: WhatsApp limits it.</summary>
    public Task<IReadOnlyList<GroupInfo>> ListAsync(CancellationToken ct) => _directory.ListAsync(_live.Require(), ct);

    /// <summary>Leaves a group.</summary>
    public async Task LeaveAsync(Jid group, CancellationToken ct)
    {
        CheckGroup(group);
        var answer = await AskAsync(id => GroupRequests.Leave(id, group), ct).ConfigureAwait(false);
        if (answer.Child("leave")?.Child("group")?.NumberOf("error") is { } code and not ParticipantResult.Done)
            throw new RequestRefusedException((int)Math.Clamp(code, 0, int.MaxValue), text: null);

        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        await _updates.LeaveAsync(device, group, ct).ConfigureAwait(false);
        device.Publish();
    }

    private static void CheckGroup(Jid group)
    {
        if (!group.IsGroup)
            throw new ArgumentException("The JID of a group ends with @g.us.", nameof(group));
    }

    private Task<Node> AskAsync(Func<string, Node> makeQuery, CancellationToken ct) => _live.Require().RequestAsync(makeQuery, ct);

    /// <summary>Asks for a change, and then knows of it.</summary>
    private async Task ChangeAsync(Jid group, Func<string, Node> makeQuery, GroupChange? change, CancellationToken ct)
    {
        CheckGroup(group);
        await AskAsync(makeQuery, ct).ConfigureAwait(false);
        if (change is null)
            return;

        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        await _updates.ApplyOwnAsync(device, group, change, ct).ConfigureAwait(false);
        device.Publish();
    }

    /// <summary>Users as a group knows them, or, where it does not or there is none yet, by LID as far as it is known.</summary>
    private async Task<IReadOnlyList<GroupParticipant>> NameAsync(IReadOnlyList<Jid> users, GroupInfo? known, CancellationToken ct)
    {
        var members = new List<GroupParticipant>(users.Count);
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var user in users)
        {
            if (!user.IsPhoneNumber && !user.IsLid)
                throw new ArgumentException("Members of a group are users: JIDs by phone number or LID.", nameof(users));

            var lid = await device.LidOfAsync(user, ct).ConfigureAwait(false);
            var phone = await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false);
            var name = (known?.Addressing is AddressingMode.PhoneNumber ? phone : lid) ?? user.ToUser();
            members.Add(
                known?.Participants.FirstOrDefault(member => member.Jid == lid || member.Jid == phone)
                ?? new(name, PhoneNumber: phone, Lid: lid));
        }

        return members;
    }
}
