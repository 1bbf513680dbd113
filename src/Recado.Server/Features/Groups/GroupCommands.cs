using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

/// <summary>All groups of the account.</summary>
[GenerateSerializer, Immutable, Alias("recado.groups.ask-list")]
internal sealed record ListGroups : ClientRequest<GroupList>
{
    public override async Task<GroupList> RunAsync(WhatsAppClient client, CancellationToken ct) =>
        new([.. (await client.Groups.ListAsync(ct)).Select(GroupView.Of)]);
}

[GenerateSerializer, Immutable, Alias("recado.groups.ask-one")]
internal sealed record GetGroup([property: Id(0)] string Group) : ClientRequest<GroupView>
{
    public override async Task<GroupView> RunAsync(WhatsAppClient client, CancellationToken ct) =>
        GroupView.Of(await client.Groups.GetAsync(Jid.Parse(Group), ct));
}

[GenerateSerializer, Immutable, Alias("recado.groups.create")]
internal sealed record CreateGroup(
    [property: Id(0)] string Subject, [property: Id(1)] IReadOnlyList<string> Participants, [property: Id(2)] string? Description,
    [property: Id(3)] GroupSettings Settings) : ClientRequest<GroupCreated>
{
    public override async Task<GroupCreated> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var members = await GroupMembers.ResolveAsync(client, Participants, ct);
        var made = await client.Groups.CreateAsync(
            Subject,
            new NewGroup
            {
                Participants = [.. members.Known.Select(member => new GroupParticipant(member))],
                IsAnnouncement = Settings.IsAnnouncement ?? false,
                IsLocked = Settings.IsLocked ?? false,
                MemberAddMode = GroupWords.ToMode(Settings.MemberAddMode),
                RequiresApproval = Settings.RequiresApproval,
                Expiration = Settings.DisappearingSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
            },
            ct);
        var info = made.Info;
        if (!string.IsNullOrEmpty(Description))
        {
            await client.Groups.SetDescriptionAsync(info.Jid, Description, ct);
            info = await client.Groups.GetAsync(info.Jid, ct);
        }

        return new GroupCreated(GroupView.Of(info), members.Report(made.Participants));
    }
}

/// <summary>Changes what is not null.</summary>
[GenerateSerializer, Immutable, Alias("recado.groups.change")]
internal sealed record ChangeGroup(
    [property: Id(0)] string Group, [property: Id(1)] string? Subject, [property: Id(2)] string? Description, [property: Id(3)] GroupSettings Settings)
    : ClientRequest<GroupView>
{
    public override async Task<GroupView> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var (groups, group) = (client.Groups, Jid.Parse(Group));
        if (Subject is { } subject)
            await groups.SetSubjectAsync(group, subject, ct);
        if (Description is { } description)
            await groups.SetDescriptionAsync(group, description, ct);
        if (Settings.IsAnnouncement is { } isAnnouncement)
            await groups.SetAnnouncementAsync(group, isAnnouncement, ct);
        if (Settings.IsLocked is { } isLocked)
            await groups.SetLockedAsync(group, isLocked, ct);
        if (GroupWords.ToMode(Settings.MemberAddMode) is { } mode)
            await groups.SetMemberAddModeAsync(group, mode, ct);
        if (Settings.RequiresApproval is { } isRequired)
            await groups.SetApprovalAsync(group, isRequired, ct);
        if (Settings.DisappearingSeconds is { } seconds)
            await groups.SetExpirationAsync(group, seconds > 0 ? TimeSpan.FromSeconds(seconds) : null, ct);

        return GroupView.Of(await groups.GetAsync(group, ct));
    }
}

/// <param name="IsAnnouncement">Only admins may write.</param>
/// <param name="IsLocked">Only admins may change subject, description and picture.</param>
/// <param name="DisappearingSeconds">0 lets messages stay.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.settings")]
internal sealed record GroupSettings(
    [property: Id(0)] bool? IsAnnouncement, [property: Id(1)] bool? IsLocked, [property: Id(2)] string? MemberAddMode,
    [property: Id(3)] bool? RequiresApproval, [property: Id(4)] int? DisappearingSeconds);

[GenerateSerializer, Immutable, Alias("recado.groups.leave")]
internal sealed record LeaveGroup([property: Id(0)] string Group) : ClientRequest<Done>
{
    public override async Task<Done> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        await client.Groups.LeaveAsync(Jid.Parse(Group), ct);
        return Done.Value;
    }
}

/// <param name="Jpeg">A square JPEG; null takes the picture away.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.picture")]
internal sealed record SetGroupPicture([property: Id(0)] string Group, [property: Id(1)] byte[]? Jpeg) : ClientRequest<Done>
{
    public override async Task<Done> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var group = Jid.Parse(Group);
        if (Jpeg is { } jpeg)
            await client.Groups.SetPictureAsync(group, jpeg, ct);
        else
            await client.Groups.RemovePictureAsync(group, ct);
        return Done.Value;
    }
}
