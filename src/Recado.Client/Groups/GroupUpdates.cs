using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;

namespace Recado.Client.Groups;

/// <summary>Follows what happens in groups: by the service's word, and by our own requests.</summary>
internal sealed class GroupUpdates(GroupDirectory directory, SenderKeys senderKeys, OwnDevice own, ClientOptions options)
{
    /// <summary>Takes the service's word on a group: publishes it, and brings what is known up to date.</summary>
    public async ValueTask TakeAsync(DeviceTransaction device, Node stanza, CancellationToken ct)
    {
        var notification = GroupNotification.Parse(stanza);
        foreach (var (phoneNumber, lid) in notification.Mappings)
            await device.LearnAsync(phoneNumber, lid, ct).ConfigureAwait(false);

        var at = notification.At ?? options.Time.GetUtcNow();
        directory.Note(notification.Group);
        await directory.NoteAddressingAsync(device, notification.Group, notification.Addressing, ct).ConfigureAwait(false);
        var changes = new List<GroupChange>(notification.Changes.Count);
        foreach (var change in notification.Changes)
        {
            var named = await WithNamesAsync(device, change, ct).ConfigureAwait(false);
            changes.Add(named);
            await ApplyAsync(device, notification.Group, named, notification.Actor, at, ct).ConfigureAwait(false);
        }

        device.Events.Add(
            new GroupChanged(notification.Group, changes)
            {
                Id = stanza.Required("id"),
                Actor = notification.Actor is { } actor ? await device.CanonicalAsync(actor, ct).ConfigureAwait(false) : null,
                ActorPhoneNumber = notification.ActorPhoneNumber?.ToUser()
                    ?? (notification.Actor is { } user ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false) : null),
                ActorName = notification.ActorName,
                Timestamp = at,
                Origin = stanza["offline"] is null ? MessageOrigin.Live : MessageOrigin.Offline,
            });
    }

    /// <summary>We have changed the group ourselves. The service's own word on it follows and says the same again.</summary>
    public async ValueTask ApplyOwnAsync(DeviceTransaction device, Jid group, GroupChange change, CancellationToken ct)
    {
        if (change is ParticipantsChanged members && await GroupDirectory.FindAsync(device, group, ct).ConfigureAwait(false) is { } info)
            change = members with { PreviousVersion = info.ParticipantVersion, Version = info.ParticipantVersion };
        await ApplyAsync(device, group, change, own.Paired.Lid?.ToUser(), options.Time.GetUtcNow(), ct).ConfigureAwait(false);
    }

    /// <summary>We are not in the group any more.</summary>
    public async ValueTask LeaveAsync(DeviceTransaction device, Jid group, CancellationToken ct)
    {
        directory.Forget(device, group);
        await SenderKeys.ForgetAllAsync(device, group, ct).ConfigureAwait(false);
    }

    private async ValueTask ApplyAsync(
        DeviceTransaction device, Jid group, GroupChange change, Jid? actor, DateTimeOffset at, CancellationToken ct)
    {
        if (change is GroupDeleted || (IsRemoval(change, out var gone) && gone.Any(member => own.Paired.IsOwn(member.Jid))))
        {
            await LeaveAsync(device, group, ct).ConfigureAwait(false);
            return;
        }

        if (IsRemoval(change, out _))
            senderKeys.ForgetOwn(device, group); // whoever has left must not read on

        if (change is GroupJoined joined)
            await directory.PutAsync(device, joined.Info with { Jid = group }, ct).ConfigureAwait(false);
        else if (await GroupDirectory.FindAsync(device, group, ct).ConfigureAwait(false) is not { } known)
            return;
        else if (known.Apply(change, actor, at) is not { } changed)
            directory.Forget(device, group);
        else if (!ReferenceEquals(changed, known))
            await directory.PutAsync(device, changed, ct).ConfigureAwait(false);
    }

    private static bool IsRemoval(GroupChange change, out IReadOnlyList<GroupParticipant> members)
    {
        members = change is ParticipantsChanged { Action: ParticipantAction.Remove, Participants: { Count: > 0 } gone } ? gone : [];
        return members.Count > 0;
    }

    private static async ValueTask<GroupChange> WithNamesAsync(DeviceTransaction device, GroupChange change, CancellationToken ct) =>
        change switch
        {
            GroupJoined joined => joined with { Info = await device.WithNamesAsync(joined.Info, ct).ConfigureAwait(false) },
            ParticipantsChanged members => members with
            {
                Participants = await device.WithNamesAsync(members.Participants, ct).ConfigureAwait(false),
            },
            ParticipantNumberChanged members => new ParticipantNumberChanged(
                await device.WithNamesAsync(members.Participants, ct).ConfigureAwait(false)),
            _ => change,
        };
}
