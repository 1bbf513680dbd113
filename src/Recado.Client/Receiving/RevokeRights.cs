using Recado.Client.Contacts;
using Recado.Client.Groups;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Receiving;

/// <summary>Who may delete what: everybody what they wrote, and the admins of a group what its members wrote.</summary>
internal static class RevokeRights
{
    private const string AdminMark = "8"; // the stanza's "edit"; the service lets admins alone set it

    /// <summary>The deletion with its reason; null when nobody but the author may ask for it. Whether it is the author who does is for the reader to see.</summary>
    public static async ValueTask<RevokeContent?> CheckAsync(
        DeviceTransaction device, Node stanza, MessageSource source, RevokeContent revoke, CancellationToken ct)
    {
        if (source.IsFromMe || revoke.Target.IsFromActor)
            return revoke;

        var sender = await device.CanonicalAsync(source.Sender, ct).ConfigureAwait(false);
        if (revoke.Target.Author is { } author && await device.CanonicalAsync(author, ct).ConfigureAwait(false) == sender)
            return revoke;
        if (!source.Chat.IsGroup)
            return null;

        // What is known of the group counts more than the mark, which its sender has set.
        var isAdmin = await GroupDirectory.FindAsync(device, source.Chat, ct).ConfigureAwait(false) is { Participants.Count: > 0 } info
            ? await IsAdminAsync(device, info, sender, ct).ConfigureAwait(false)
            : stanza["edit"] == AdminMark;
        return isAdmin ? revoke with { IsByAdmin = true } : null;
    }

    private static async ValueTask<bool> IsAdminAsync(DeviceTransaction device, GroupInfo info, Jid sender, CancellationToken ct)
    {
        foreach (var admin in info.Participants.Where(member => member.Role != GroupRole.Member))
        {
            if (await device.CanonicalAsync(admin.Jid, ct).ConfigureAwait(false) == sender)
                return true;
        }

        return false;
    }
}
