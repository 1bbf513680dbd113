using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>Encrypts for single devices, starting sessions where there are none.</summary>
internal sealed class SessionStarter(OwnDevice own, ClientOptions options, ILogger logger)
{
    /// <summary>Keys of the devices, as far as the service has them. A device without is missing from the result.</summary>
    public async Task<IReadOnlyDictionary<Jid, PreKeyBundle>> FetchAsync(
        ServiceConnection connection,
        IReadOnlyCollection<Jid> devices,
        CancellationToken ct)
    {
        var answer = await connection.RequestAsync("get", "encrypt", [Stanzas.BundleQuery(devices)], ct).ConfigureAwait(false);
        var bundles = new Dictionary<Jid, PreKeyBundle>();
        foreach (var user in answer.Child("list")?.ChildrenOf("user") ?? [])
        {
            try
            {
                if (user.JidOf("jid") is { } device && user.Child("error") is null)
                    bundles[device] = PreKeyBundleNodes.Parse(user);
            }
            catch (ProtocolException)
            {
                // Unusable keys are as good as none.
            }
        }

        if (bundles.Count < devices.Count)
            ClientLog.DevicesWithoutKeys(logger, devices.Count, devices.Count - bundles.Count);
        return bundles;
    }

    /// <summary>Starts a session from a bundle within the transaction; false when its signature is wrong.</summary>
    public async ValueTask<bool> TryStartAsync(
        DeviceTransaction device,
        Jid peer,
        SignalAddress address,
        PreKeyBundle bundle,
        CancellationToken ct)
    {
        try
        {
            var existing = await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false);
            var session = SessionCipher.Start(existing, own.Paired.Identity, bundle, options.Random);
            await TrustAsync(device, peer, address, bundle.IdentityKey, ct).ConfigureAwait(false);
            device.Put(Keys.Session(address), session.Serialize(), session);
            return true;
        }
        catch (SignalException)
        {
            return false;
        }
    }

    /// <summary>Encrypts within the transaction; null when there is no session to encrypt in.</summary>
    public async ValueTask<EncryptedMessage?> TryEncryptAsync(
        DeviceTransaction device,
        SignalAddress address,
        byte[] plaintext,
        CancellationToken ct)
    {
        if (await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false) is not { CanSend: true } session)
            return null;

        var encrypted = SessionCipher.Encrypt(session, MessagePadding.Pad(plaintext, options.Random));
        device.Put(Keys.Session(address), encrypted.Record.Serialize(), encrypted.Record);
        return encrypted;
    }

    /// <summary>Trusts the first key of a device, and tells when a later one differs.</summary>
    public static async ValueTask TrustAsync(
        DeviceTransaction device,
        Jid peer,
        SignalAddress address,
        byte[] identityKey,
        CancellationToken ct)
    {
        var known = await device.ReadAsync(Keys.Identity(address), ct).ConfigureAwait(false);
        if (known.AsSpan().SequenceEqual(identityKey))
            return;

        device.Put(Keys.Identity(address), identityKey);
        if (known is null)
            return;

        await SenderKeyHolders.RemoveAsync(device, peer, peer.Device, ct).ConfigureAwait(false);
        device.Events.Add(new IdentityChanged(await device.CanonicalAsync(peer, ct).ConfigureAwait(false)));
    }
}
