using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Proto;

namespace Recado.Client.AppState;

/// <summary>What a changed setting means for this device. Settings that nothing here needs mean nothing.</summary>
internal sealed class AppStateEffects(OwnDevice own)
{
    private const string PnForLidAction = "pnForLidChat", SaltAction = "nct_salt_sync", KeyExpirationAction = "sentinel";

    /// <summary>Lets settings take effect with the transaction.</summary>
    /// <param name="device">The transaction.</param>
    /// <param name="collection">Where they belong.</param>
    /// <param name="mutations">What has changed, in order.</param>
    /// <param name="isWhole">Whether these are all there are, so that what is not among them is gone.</param>
    /// <param name="ct">Gives up.</param>
    public async ValueTask ApplyAsync(
        DeviceTransaction device, AppStateCollection collection, IReadOnlyList<AppStateMutation> mutations, bool isWhole, CancellationToken ct)
    {
        var contacts = new Dictionary<Jid, string?>();
        if (isWhole && collection == AppStateCollection.CriticalUnblockLow)
            await ContactNames.AddAllAsGoneAsync(device, contacts, ct).ConfigureAwait(false);

        foreach (var mutation in mutations)
            await ApplyAsync(device, mutation, contacts, ct).ConfigureAwait(false);

        if (await ContactNames.TakeAsync(device, contacts, ct).ConfigureAwait(false) is { Count: > 0 } changed)
            device.Events.Add(new ContactNamesChanged(changed, isWhole));
    }

    private async ValueTask ApplyAsync(DeviceTransaction device, AppStateMutation mutation, Dictionary<Jid, string?> contacts, CancellationToken ct)
    {
        var isSet = mutation.Operation == SyncdOperation.Set;
        var value = mutation.Value;
        switch (mutation.Index)
        {
            case [AppStateChange.PushNameAction] when isSet && value.PushNameSetting is { Name.Length: > 0 } setting:
                await PushName.SettleAsync(device, own, setting.Name, ct).ConfigureAwait(false);
                break;
            case [AppStateChange.ContactAction, var about] when UserOf(about) is { } user:
                if (isSet && value.ContactAction is { } contact)
                    await LearnAsync(device, user, UserOf(contact.LidJid) ?? UserOf(contact.PnJid), ct).ConfigureAwait(false);
                contacts[user] = isSet ? NameOf(value.ContactAction?.FullName, value.ContactAction?.FirstName) : null;
                break;
            case [AppStateChange.LidContactAction, var about] when UserOf(about) is { } user:
                contacts[user] = isSet ? NameOf(value.LidContactAction?.FullName, value.LidContactAction?.FirstName) : null;
                break;
            case [PnForLidAction, var about] when isSet && UserOf(about) is { } user:
                await LearnAsync(device, user, UserOf(value.PnForLidChatAction?.PnJid), ct).ConfigureAwait(false);
                break;
            case [SaltAction] when isSet && value.NctSaltSyncAction is { Salt.Length: > 0 } secret:
                device.Put(TrustedContacts.SaltKey, secret.Salt.ToByteArray());
                break;
            case [SaltAction] when !isSet:
                device.Delete(TrustedContacts.SaltKey);
                break;
            case [KeyExpirationAction] when isSet && value.KeyExpiration is { ExpiredKeyEpoch: >= 0 } expiration:
                AppStateRecords.WriteExpiredEpoch(device, (uint)expiration.ExpiredKeyEpoch);
                break;
        }
    }

    private static Jid? UserOf(string? text) => Jid.TryParse(text, out var jid) && (jid.IsPhoneNumber || jid.IsLid) ? jid.ToUser() : null;

    private static string? NameOf(string? full, string? first) => !string.IsNullOrWhiteSpace(full) ? full : string.IsNullOrWhiteSpace(first) ? null : first;

    /// <summary>What the service has told of two names counts more than what the phone remembers.</summary>
    private static async ValueTask LearnAsync(DeviceTransaction device, Jid user, Jid? other, CancellationToken ct)
    {
        if (other is { } name
            && user.IsLid != name.IsLid
            && (user.IsLid
                ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false) is null && await device.LidOfAsync(name, ct).ConfigureAwait(false) is null
                : await device.LidOfAsync(user, ct).ConfigureAwait(false) is null && await device.PhoneNumberOfAsync(name, ct).ConfigureAwait(false) is null))
            await device.LearnAsync(user, name, ct).ConfigureAwait(false);
    }
}
