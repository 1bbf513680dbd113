using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol.Binary;

namespace Recado.Client.Contacts;

/// <summary>Notifications about users' pictures and about texts.</summary>
internal static class ContactNotices
{
    public static async ValueTask TakePictureAsync(DeviceTransaction device, Node stanza, CancellationToken ct)
    {
        if (stanza.Children is not [{ Tag: "set" or "delete" } change, ..])
            return;

        var (of, phone, lid) = await device.NamesAsync(change.JidOf("jid") ?? stanza.RequiredJid("from"), ct).ConfigureAwait(false);
        var isRemoved = change.Tag == "delete";
        device.Events.Add(new PictureChanged(of, isRemoved ? null : change["id"], isRemoved) { PhoneNumber = phone, Lid = lid });
    }

    public static async ValueTask TakeAboutAsync(DeviceTransaction device, Node stanza, CancellationToken ct)
    {
        if (stanza.Child("set") is not { } change)
            return;

        var (user, phone, lid) = await device.NamesAsync(stanza.RequiredJid("from"), ct).ConfigureAwait(false);
        device.Events.Add(new AboutChanged(user, change.HasContent || change["hash"] is null ? change.Text : null) { PhoneNumber = phone, Lid = lid });
    }
}
