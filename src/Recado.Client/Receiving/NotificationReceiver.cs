using Microsoft.Extensions.Logging;
using Recado.Client.AppState;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Media;
using Recado.Client.Pairing;
using Recado.Client.Profile;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;

namespace Recado.Client.Receiving;

/// <summary>Receives notifications: what changed about keys, devices and trust. Acknowledged once the consequences are saved.</summary>
internal sealed class NotificationReceiver(
    DeviceState state,
    OwnDevice own,
    SessionStatus status,
    PreKeyStock preKeys,
    TrustedContacts tokens,
    MediaRetries mediaRetries,
    GroupUpdates groups,
    ProfileClient profile,
    AppStateSync appState,
    ClientOptions options,
    ILogger logger)
{
    public async ValueTask HandleAsync(Node stanza, ServiceConnection connection, CancellationToken ct)
    {
        if (stanza["type"] is "passkey_prologue_request" or "crsc_continuation" or "passkey_request_options")
        {
            await connection.SendAsync(Settlement.Ack(stanza), ct).ConfigureAwait(false);
            connection.End(
                new(
                    NextStep.Stop,
                    SessionState.Error,
                    DisconnectReason.PairingUnsupported,
                    "This account asks for a passkey when a device is linked, which is not supported. "
                        + "Remove the passkey in WhatsApp on the phone (Settings, Account, Passkeys), then start the session again."
                ));
            return;
        }

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        await ApplyAsync(device, stanza, connection, ct).ConfigureAwait(false);
        device.Send(connection, Settlement.Ack(stanza));
        device.Publish();
    }

    private async ValueTask ApplyAsync(DeviceTransaction device, Node stanza, ServiceConnection connection, CancellationToken ct)
    {
        switch (stanza["type"])
        {
            case "link_code_companion_reg":
                status.Set(
                    device,
                    SessionState.Connecting,
                    DisconnectReason.PairingUnsupported,
                    "Linking with a phone number was begun, which is not supported. Scan the QR code instead.");
                break;
            case "encrypt" when own.Current is { IsPaired: true } && stanza.Child("count") is not null:
                if (!connection.Jobs.TryAdd(token => preKeys.ReplenishAsync(connection, token)))
                    ClientLog.JobDropped(logger, stanza.Tag);
                break;
            case "encrypt" when stanza.Child("identity") is not null:
                await ForgetKeysAsync(device, stanza.RequiredJid("from"), connection, ct).ConfigureAwait(false);
                break;
            case "devices":
                await ChangeDevicesAsync(device, stanza, ct).ConfigureAwait(false);
                break;
            case "account_sync" when stanza.Child("devices") is { } devices:
                await ReplaceOwnDevicesAsync(device, devices, ct).ConfigureAwait(false);
                break;
            case "account_sync" when stanza.Child("privacy") is not null:
                profile.ForgetPrivacy();
                break;
            case "server_sync":
                await appState.WantAsync(device, AppStateStanzas.ParseNotification(stanza), ct).ConfigureAwait(false);
                break;
            case "picture":
                await ContactNotices.TakePictureAsync(device, stanza, ct).ConfigureAwait(false);
                break;
            case "status":
                await ContactNotices.TakeAboutAsync(device, stanza, ct).ConfigureAwait(false);
                break;
            case "mediaretry":
                mediaRetries.Complete(stanza);
                break;
            case "w:gp2":
                await groups.TakeAsync(device, stanza, ct).ConfigureAwait(false);
                break;
            case "privacy_token":
                await TakeTokensAsync(device, stanza, ct).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>A user has a new phone or installation: sessions with any of its devices are void.</summary>
    private async ValueTask ForgetKeysAsync(DeviceTransaction device, Jid from, ServiceConnection connection, CancellationToken ct)
    {
        var user = await device.CanonicalAsync(from, ct).ConfigureAwait(false);
        var other = user.IsLid ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false) : null;
        foreach (var name in new[] { user, other }.OfType<Jid>())
        {
            foreach (var kind in new[] { DeviceRecordKind.Session, DeviceRecordKind.Identity })
            {
                foreach (var record in await device.ListAsync(kind, $"{name.ToSignalAddress().Name}:", ct).ConfigureAwait(false))
                    device.Delete(record.Key);
            }
        }

        await DeviceLists.ForgetAsync(device, user, ct).ConfigureAwait(false);
        await SenderKeyHolders.RemoveAsync(device, user, number: null, ct).ConfigureAwait(false);
        device.Events.Add(new IdentityChanged(user));
        if (await tokens.HasIssuedAsync(device, user, ct).ConfigureAwait(false))
            connection.Jobs.TryAdd(token => tokens.IssueAsync(connection, user, isForced: true, token));
    }

    /// <summary>
    /// A contact gained or lost a device. Our list follows if the hash shows that it is still the same; else it is fetched again when
    /// needed.
    /// </summary>
    private static async ValueTask ChangeDevicesAsync(DeviceTransaction device, Node stanza, CancellationToken ct)
    {
        var from = stanza.RequiredJid("from").ToUser();
        await device.LearnAsync(from, stanza.JidOf("lid"), ct).ConfigureAwait(false);
        foreach (var change in stanza.Children)
        {
            if (change.Tag == "update")
                await DeviceLists.ForgetAsync(device, from, ct).ConfigureAwait(false);
            if (change.Tag is not ("add" or "remove"))
                continue;

            foreach (var named in change.ChildrenOf("device"))
            {
                var jid = named.RequiredJid("jid");
                var lid = await device.LidOfAsync(from, ct).ConfigureAwait(false);
                await ChangeAsync(device, from, jid, change.Tag == "add", change["device_hash"], ct).ConfigureAwait(false);
                if (lid is { } lidUser && !from.IsLid)
                    await ChangeAsync(
                            device,
                            lidUser,
                            named.JidOf("lid") ?? lidUser.WithDevice(jid.Device),
                            change.Tag == "add",
                            change["device_lid_hash"],
                            ct)
                        .ConfigureAwait(false);
                if (change.Tag == "remove")
                    await ForgetDeviceAsync(device, jid, ct).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask ChangeAsync(
        DeviceTransaction device,
        Jid user,
        Jid changed,
        bool isAdded,
        string? hash,
        CancellationToken ct)
    {
        if (await DeviceLists.ReadAsync(device, user, ct).ConfigureAwait(false) is not { } list)
            return;

        list = isAdded ? list.With(changed) : list.Without(changed);
        if (hash == ParticipantHash.Compute(list.Devices))
            DeviceLists.Write(device, list);
        else
            device.Delete(Keys.DeviceList(user));
    }

    private static async ValueTask ForgetDeviceAsync(DeviceTransaction device, Jid removed, CancellationToken ct)
    {
        var address = await device.AddressOfAsync(removed, ct).ConfigureAwait(false);
        device.Delete(Keys.Session(address));
        device.Delete(Keys.Identity(address));
    }

    private async ValueTask ReplaceOwnDevicesAsync(DeviceTransaction device, Node devices, CancellationToken ct)
    {
        if (own.Current is not { PhoneNumber: { } phone, Lid: var lid })
            return;

        var list = new DeviceList(
            phone.ToUser(),
            options.Time.GetUtcNow(),
            [.. devices.ChildrenOf("device").Select(named => named.JidOf("jid")).OfType<Jid>()]);
        await DeviceLists.ForgetAsync(device, phone.ToUser(), ct).ConfigureAwait(false);
        if (devices["dhash"] != ParticipantHash.Compute(list.Devices))
            return;

        DeviceLists.Write(device, list);
        if (lid is { } lidJid)
            DeviceLists.Write(device, list.For(lidJid.ToUser()));
    }

    private static async ValueTask TakeTokensAsync(DeviceTransaction device, Node stanza, CancellationToken ct)
    {
        var from = stanza.RequiredJid("from");
        await device.LearnAsync(from, stanza.JidOf("sender_lid"), ct).ConfigureAwait(false);
        var user = await device.CanonicalAsync(stanza.JidOf("sender_lid") ?? from, ct).ConfigureAwait(false);
        foreach (var token in stanza.Child("tokens")?.ChildrenOf("token") ?? [])
        {
            if (token["type"] == "trusted_contact" && token.NumberOf("t") is { } time)
                await TrustedContacts.StoreAsync(device, user, time, token.Bytes.ToArray(), ct).ConfigureAwait(false);
        }
    }
}
