using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Users;

namespace Recado.Client.Groups;

/// <summary>What a group is called and shows, and what its members may do.</summary>
public sealed partial class GroupClient
{
    private const int OutdatedVersion = 409;

    /// <summary>Names the group.</summary>
    public Task SetSubjectAsync(Jid group, string subject, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        return ChangeAsync(
            group, id => GroupRequests.SetSubject(id, group, subject), new SubjectChanged(subject, By: null, At: null), ct);
    }

    /// <summary>Describes the group; null or empty takes the description away.</summary>
    public async Task SetDescriptionAsync(Jid group, string? text, CancellationToken ct)
    {
        var info = await GetAsync(group, ct).ConfigureAwait(false);
        try
        {
            await DescribeAsync(info, text, ct).ConfigureAwait(false);
        }
        catch (RequestRefusedException refusal) when (refusal.Code == OutdatedVersion)
        {
            // Somebody was faster: the change must name the description that it replaces.
            info = await _directory.AskAsync(_live.Require(), group, ct).ConfigureAwait(false);
            await DescribeAsync(info, text, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Sets the group's picture.</summary>
    /// <param name="group">The group.</param>
    /// <param name="jpeg">A square JPEG, 640 pixels wide.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The picture's id; null when WhatsApp does not tell.</returns>
    /// <exception cref="RequestRefusedException">The picture is none that WhatsApp takes (406).</exception>
    public async Task<string?> SetPictureAsync(Jid group, byte[] jpeg, CancellationToken ct)
    {
        CheckGroup(group);
        ArgumentNullException.ThrowIfNull(jpeg);
        var answer = await AskAsync(id => UserRequests.SetPicture(id, jpeg, group), ct).ConfigureAwait(false);
        return answer.Child("picture")?["id"];
    }

    /// <summary>Takes the group's picture away.</summary>
    public Task RemovePictureAsync(Jid group, CancellationToken ct) =>
        ChangeAsync(group, id => UserRequests.RemovePicture(id, group), change: null, ct);

    /// <summary>Lets only admins write, or everyone.</summary>
    public Task SetAnnouncementAsync(Jid group, bool isAnnouncement, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.SetAnnouncement(id, group, isAnnouncement), new AnnouncementChanged(isAnnouncement), ct);

    /// <summary>Lets only admins change name, picture and description, or everyone.</summary>
    public Task SetLockedAsync(Jid group, bool isLocked, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.SetLocked(id, group, isLocked), new LockChanged(isLocked), ct);

    /// <summary>Lets only admins add members, or everyone.</summary>
    public Task SetMemberAddModeAsync(Jid group, MemberAddMode mode, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.SetMemberAddMode(id, group, mode), new MemberAddModeChanged(mode), ct);

    /// <summary>Lets admins decide who joins by link, or lets everyone join.</summary>
    public Task SetApprovalAsync(Jid group, bool isRequired, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.SetApproval(id, group, isRequired), new ApprovalChanged(isRequired), ct);

    /// <summary>Makes messages disappear after a time; null keeps them. WhatsApp offers 1, 7 and 90 days, and refuses others (400).</summary>
    public Task SetExpirationAsync(Jid group, TimeSpan? expiration, CancellationToken ct) =>
        ChangeAsync(group, id => GroupRequests.SetExpiration(id, group, expiration), new ExpirationChanged(expiration), ct);

    private Task DescribeAsync(GroupInfo info, string? text, CancellationToken ct)
    {
        text = string.IsNullOrEmpty(text) ? null : text;
        var version = MessageId.Create(_options.Time.GetUtcNow(), null, _options.Random);
        return ChangeAsync(
            info.Jid,
            id => GroupRequests.SetDescription(id, info.Jid, text, version, info.Description?.Id),
            new DescriptionChanged(text, text is null ? null : version),
            ct);
    }
}
