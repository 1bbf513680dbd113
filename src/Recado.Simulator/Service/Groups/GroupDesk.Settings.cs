using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Name, description and settings.</summary>
internal sealed partial class GroupDesk
{
    private static readonly long[] Expirations = [86_400, 604_800, 7_776_000];

    private Node Set(Device device, Node iq, Node setting, Group group)
    {
        var forEveryone = !group.IsLocked && setting.Tag is "subject" or "description" or "ephemeral" or "not_ephemeral";
        if (!group.IsAdmin(device.Account) && !forEveryone)
            return Error(iq, 403);

        switch (setting.Tag)
        {
            case "subject":
                return SetSubject(device, iq, setting.Text, group);
            case "description":
                return SetDescription(device, iq, setting, group);
            case "ephemeral" when !Expirations.Contains(setting.NumberOf("expiration") ?? 0):
                return Error(iq, 400); // not a mistake of the protocol: clients let people choose
            default:
                if (Apply(group, setting) is not { } change)
                    return Unknown(device, iq, setting);

                _notices.Changed(group, device, change);
                return Result(iq);
        }
    }

    /// <summary>Changes a setting.</summary>
    /// <returns>The change to tell of; <see langword="null"/> when there is no such setting or value.</returns>
    private static GroupChange? Apply(Group group, Node setting)
    {
        switch (setting.Tag)
        {
            case "announcement" or "not_announcement":
                group.IsAnnouncement = setting.Tag == "announcement";
                return new AnnouncementChanged(group.IsAnnouncement) { Version = Group.Text(++group.AnnouncementVersion) };
            case "locked" or "unlocked":
                group.IsLocked = setting.Tag == "locked";
                return new LockChanged(group.IsLocked);
            case "ephemeral" when setting.NumberOf("expiration") is { } seconds && (seconds == 0 || Expirations.Contains(seconds)):
                group.Expiration = seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
                return new ExpirationChanged(group.Expiration);
            case "not_ephemeral":
                group.Expiration = null;
                return new ExpirationChanged(null);
            case "member_add_mode" when setting.Text is "admin_add" or "all_member_add":
                group.MemberAddMode = setting.Text == "admin_add" ? MemberAddMode.Admins : MemberAddMode.Everyone;
                return new MemberAddModeChanged(group.MemberAddMode);
            case "membership_approval_mode" when setting.Child("group_join") is { } join && join["state"] is ("on" or "off"):
                group.RequiresApproval = join["state"] == "on";
                return new ApprovalChanged(group.RequiresApproval);
            default:
                return null;
        }
    }

    private Node SetSubject(Device device, Node iq, string subject, Group group)
    {
        if (subject.Length is 0 or > MaxSubject)
            return Error(iq, 406);

        (group.Subject, group.SubjectBy, group.SubjectAt) = (subject, device.Account, exchange.Now);
        _notices.Changed(group, device, new SubjectChanged(subject, group.NameOf(device.Account), exchange.Now));
        return Result(iq);
    }

    private Node SetDescription(Device device, Node iq, Node description, Group group)
    {
        if (description["prev"] != group.Topic?.Id)
            return Error(iq, 409);
        if (description["id"] is not { Length: > 0 } id || id == group.Topic?.Id)
            return Malformed(device, iq, "A description has no id of its own.");

        var isRemoval = description["delete"] == "true";
        if (!isRemoval && description.Child("body") is null)
            return Malformed(device, iq, "A description has no body.");

        var text = description.Child("body")?.Text ?? "";
        if (text.Length > MaxDescription)
            return Error(iq, 406);

        group.Topic = isRemoval ? null : new Group.Description(text, id, device.Account, exchange.Now);
        _notices.Changed(group, device, new DescriptionChanged(isRemoval ? null : text, id));
        return Result(iq);
    }
}
