using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Groups;

/// <summary>
/// The devices that a group's messages go to, put together once and used until members or their devices change. Remembers in memory who
/// needs nothing any more, so that a message to a group in which nothing changes costs one encryption and no look at its members.
/// </summary>
internal sealed class GroupRoster
{
    private uint _servedKey;
    private long _servedAt = -1;
    private DateTimeOffset _servedUntil;
    private HashSet<Jid>? _withoutKeys;
    private DateTimeOffset _triedAgainAt;

    /// <param name="info">The group.</param>
    /// <param name="self">Our own device, by the name the group uses.</param>
    /// <param name="members">The members without ourselves, by LID where it is known.</param>
    /// <param name="devices">Every device of every member, our own included.</param>
    /// <param name="freshUntil">When the first of the device lists is too old.</param>
    /// <param name="groupVersion">How many changes of the group there had been.</param>
    /// <param name="listsVersion">How many changes of device lists there had been.</param>
    public GroupRoster(
        GroupInfo info, Jid self, IReadOnlyList<Jid> members, IReadOnlySet<Jid> devices, DateTimeOffset freshUntil, long groupVersion, long listsVersion)
    {
        (Info, Self, Members, Devices, FreshUntil, GroupVersion, ListsVersion) = (info, self, members, devices, freshUntil, groupVersion, listsVersion);
        DeviceHash = ParticipantHash.Compute(devices);
    }

    public GroupInfo Info { get; }

    public Jid Self { get; }

    public IReadOnlyList<Jid> Members { get; }

    public IReadOnlySet<Jid> Devices { get; }

    public string DeviceHash { get; }

    public DateTimeOffset FreshUntil { get; }

    public long GroupVersion { get; }

    public long ListsVersion { get; }

    /// <summary>Whether every device that can have this key has it, as of this many changes of who has which.</summary>
    public bool HasServed(uint keyId, long marksVersion, DateTimeOffset now) =>
        _servedKey == keyId && _servedAt == marksVersion && now < _servedUntil;

    public void MarkServed(uint keyId, long marksVersion) =>
        (_servedKey, _servedAt, _servedUntil) = (keyId, marksVersion, _withoutKeys is null ? DateTimeOffset.MaxValue : _triedAgainAt);

    /// <summary>Whether the device had no keys when it was last asked for them, not long ago.</summary>
    public bool IsWithoutKeys(Jid device, DateTimeOffset now) => now < _triedAgainAt && _withoutKeys?.Contains(device) == true;

    /// <summary>These devices have no keys; they are not asked for again before long.</summary>
    public void NoteWithoutKeys(IEnumerable<Jid> devices, DateTimeOffset until)
    {
        _withoutKeys = [.. devices, .. _withoutKeys ?? []];
        _triedAgainAt = _withoutKeys.Count == 0 ? default : until;
        _withoutKeys = _withoutKeys.Count == 0 ? null : _withoutKeys;
    }
}
