using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>How an encryption has ended.</summary>
internal enum EncryptionOutcome
{
    /// <summary>The stanza was handed over.</summary>
    Done,

    /// <summary>Nobody could have read it: no device has usable keys.</summary>
    Unreadable,

    /// <summary>The destination has changed meanwhile: it must be found anew.</summary>
    OutOfDate,
}

/// <summary>
/// Encrypts a message for where it goes: for every device that is to get something of its own, in sessions that are started, by one
/// question to the service, where there are none. A device without keys costs the others nothing.
/// </summary>
internal sealed class MessageEncryptor(DeviceState state, LiveConnection live, SessionStarter sessions)
{
    /// <summary>Hands the stanza over while the device is still taken; <paramref name="publish"/> publishes.</summary>
    public async Task<EncryptionOutcome> EncryptAsync(
        ServiceConnection connection,
        Destination destination,
        string messageId,
        Message message,
        Action<DeviceTransaction, Node> publish,
        CancellationToken ct)
    {
        IReadOnlyDictionary<Jid, PreKeyBundle>? bundles = null;
        while (true)
        {
            using var device = await state.BeginAsync(ct).ConfigureAwait(false);
            if (await destination.PartsAsync(device, message, ct).ConfigureAwait(false) is not { } parts)
                return EncryptionOutcome.OutOfDate;

            var addresses = new SignalAddress[parts.Count];
            for (var i = 0; i < addresses.Length; i++)
                addresses[i] = await device.AddressOfAsync(parts[i].Device, ct).ConfigureAwait(false);

            if (bundles is null && await WithoutSessionAsync(device, parts, addresses, ct).ConfigureAwait(false) is { Count: > 0 } missing)
            {
                device.Publish(); // sessions may have moved to the LID
                bundles = await sessions.FetchAsync(connection, missing, ct).ConfigureAwait(false);
                continue;
            }

            var encrypted = new List<EncryptedPart>(parts.Count);
            for (var i = 0; i < addresses.Length; i++)
            {
                if (await TryEncryptAsync(device, parts[i], addresses[i], bundles, ct).ConfigureAwait(false) is { } done)
                    encrypted.Add(new(parts[i].Device, done));
            }

            var stanza = await destination.SealAsync(device, messageId, message, parts, encrypted, ct).ConfigureAwait(false);

            // A session that has ended meanwhile may have erased its keys: nothing may be saved behind that.
            if (live.Current != connection)
                throw new ConnectionException("The connection has ended.");
            if (stanza is null)
                return EncryptionOutcome.Unreadable;

            publish(device, stanza);
            return EncryptionOutcome.Done;
        }
    }

    private async ValueTask<EncryptedMessage?> TryEncryptAsync(
        DeviceTransaction device, DevicePart part, SignalAddress address, IReadOnlyDictionary<Jid, PreKeyBundle>? bundles, CancellationToken ct)
    {
        if (await sessions.TryEncryptAsync(device, address, part.Plaintext, ct).ConfigureAwait(false) is { } encrypted)
            return encrypted;

        return bundles is not null
            && bundles.TryGetValue(part.Device, out var bundle)
            && await sessions.TryStartAsync(device, part.Device, address, bundle, ct).ConfigureAwait(false)
                ? await sessions.TryEncryptAsync(device, address, part.Plaintext, ct).ConfigureAwait(false)
                : null;
    }

    private static async ValueTask<List<Jid>> WithoutSessionAsync(
        DeviceTransaction device, IReadOnlyList<DevicePart> parts, SignalAddress[] addresses, CancellationToken ct)
    {
        var missing = new List<Jid>();
        for (var i = 0; i < addresses.Length; i++)
        {
            if (await device.ReadAsync(Keys.Session(addresses[i]), LidMap.Session, ct).ConfigureAwait(false) is not { CanSend: true })
                missing.Add(parts[i].Device);
        }

        return missing;
    }
}
