using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>One group, as the service keeps it. Guarded by the exchange's lock.</summary>
internal sealed class Group(Jid jid, Addressing addressing, DateTimeOffset createdAt)
{
    private Roster? _roster;

    public Jid Jid { get; } = jid;

    /// <summary>By which of their two names the group knows its members.</summary>
    public Addressing Addressing { get; set; } = addressing;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public Account? Creator { get; init; }

    public string Subject { get; set; } = "";

    public Account? SubjectBy { get; set; }

    public DateTimeOffset SubjectAt { get; set; }

    public Description? Topic { get; set; }

    public ProfilePicture? Picture { get; set; }

    public bool IsAnnouncement { get; set; }

    public bool IsLocked { get; set; }

    public TimeSpan? Expiration { get; set; }

    public MemberAddMode MemberAddMode { get; set; } = MemberAddMode.Everyone;

    public bool RequiresApproval { get; set; }

    /// <summary>Members with their roles, in the order they came.</summary>
    public OrderedDictionary<Account, GroupRole> Members { get; } = [];

    /// <summary>The version of the list of members and their roles.</summary>
    public long Version { get; set; }

    /// <summary>The version of who may write.</summary>
    public long AnnouncementVersion { get; set; }

    public string InviteCode { get; set; } = "";

    /// <summary>Who has asked to join and waits for an admin.</summary>
    public OrderedDictionary<Account, DateTimeOffset> JoinRequests { get; } = [];

    /// <summary>Invitations for those who do not let others add them.</summary>
    public Dictionary<Account, PersonalInvite> Invites { get; } = [];

    /// <summary>Which device was given which sender key.</summary>
    public SenderKeyLedger SenderKeys { get; } = new();

    public AddressingMode Mode => Addressing == Addressing.Lid ? AddressingMode.Lid : AddressingMode.PhoneNumber;

    public bool Has(Account account) => Members.ContainsKey(account);

    public bool IsAdmin(Account account) => Members.TryGetValue(account, out var role) && role != GroupRole.Member;

    public Jid NameOf(Account account) => account.JidAs(Addressing);

    public GroupParticipant Participant(Account account) =>
        new(NameOf(account), Members.GetValueOrDefault(account), account.PhoneJid, account.LidJid);

    /// <summary>The list of members has changed.</summary>
    /// <returns>The version before.</returns>
    public string NextVersion()
    {
        _roster = null;
        return Text(Version++);
    }

    /// <summary>All devices of all members, and their hash, as they are now.</summary>
    /// <param name="deviceVersion">Version of all device lists.</param>
    public Roster Roster(long deviceVersion)
    {
        if (_roster is null || _roster.DeviceVersion != deviceVersion || _roster.Addressing != Addressing)
        {
            Device[] devices = [.. Members.Keys.SelectMany(member => member.Devices.Values)];
            _roster = new Roster(devices, DeviceRegistry.Hash(Members.Keys, Addressing), deviceVersion, Addressing);
        }

        return _roster;
    }

    /// <summary>What the service tells about the group; its members only to those among them.</summary>
    public GroupInfo Describe(bool withMembers) => new(Jid, Subject, withMembers ? [.. Members.Keys.Select(Participant)] : [])
    {
        SubjectAt = SubjectAt,
        SubjectBy = SubjectBy is { } by ? NameOf(by) : null,
        CreatedAt = CreatedAt,
        Creator = Creator is { } creator ? NameOf(creator) : null,
        CreatorPhoneNumber = Creator?.PhoneJid,
        Addressing = Mode,
        Size = Members.Count,
        ParticipantVersion = Text(Version),
        Description = Topic is { } topic ? new GroupDescription(topic.Text, topic.Id, NameOf(topic.Author), topic.At) : null,
        IsAnnouncement = IsAnnouncement,
        IsLocked = IsLocked,
        Expiration = Expiration,
        MemberAddMode = MemberAddMode,
        RequiresApproval = RequiresApproval,
    };

    public static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the group is about.</summary>
    internal sealed record Description(string Text, string Id, Account Author, DateTimeOffset At);

    /// <summary>An invitation for one account.</summary>
    internal sealed record PersonalInvite(string Code, DateTimeOffset ExpiresAt, Account Admin);
}

/// <summary>The devices of a group's members at one time.</summary>
/// <param name="Devices">All of them, by member.</param>
/// <param name="Hash">Their hash, as clients compute it.</param>
/// <param name="DeviceVersion">Version of all device lists at that time.</param>
/// <param name="Addressing">The names that the hash is made of.</param>
internal sealed record Roster(IReadOnlyList<Device> Devices, string Hash, long DeviceVersion, Addressing Addressing);
