namespace Recado.Simulator.State;

/// <summary>A group. Accounts are named by their numbers, devices as <c>number:device</c>.</summary>
internal sealed record GroupState(
    string Jid, bool ByLid, DateTimeOffset CreatedAt, string? Creator, string Subject, string? SubjectBy, DateTimeOffset SubjectAt,
    DescriptionState? Description, GroupSettingsState Settings, IReadOnlyList<MemberState> Members, long Version, long AnnouncementVersion,
    string InviteCode, IReadOnlyList<JoinRequestState> JoinRequests, IReadOnlyList<PersonalInviteState> Invites, IReadOnlyList<HoldersState> SenderKeys)
{
    public PictureState? Picture { get; init; }
}

internal sealed record DescriptionState(string Text, string Id, string Author, DateTimeOffset At);

internal sealed record GroupSettingsState(bool IsAnnouncement, bool IsLocked, long ExpirationSeconds, bool OnlyAdminsAdd, bool RequiresApproval);

internal sealed record MemberState(string Phone, int Role);

internal sealed record JoinRequestState(string Phone, DateTimeOffset At);

internal sealed record PersonalInviteState(string Phone, string Code, DateTimeOffset ExpiresAt, string Admin);

/// <summary>Which devices were given a sender key.</summary>
internal sealed record HoldersState(string Sender, uint KeyId, IReadOnlyList<string> Devices);

/// <summary>A phone's own sender key in a chat, and the devices that were given it.</summary>
internal sealed record OwnSenderKeyState(string Chat, byte[] Record, IReadOnlyList<string> Holders);

/// <summary>Sender keys of another device in a chat.</summary>
internal sealed record SenderKeyState(string Chat, string Address, byte[] Record);
