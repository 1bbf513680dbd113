using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Sending;

/// <summary>
/// Gives a group's message to the devices that were not known when it was sent: the service has taken the message, and said that it knows
/// other devices than we did.
/// </summary>
internal sealed class MissedDevices(DeviceState state, Destinations destinations, SessionStarter sessions, Repeats repeats, ILogger logger)
{
    /// <param name="connection">Where to ask.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="before">Where it went. What was known then must have been forgotten.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ServeAsync(ServiceConnection connection, string messageId, Destination before, CancellationToken ct)
    {
        if (await destinations.FindAsync(connection, before.To, ct).ConfigureAwait(false) is not { } now)
            return;

        var known = before.Devices;
        List<Jid> missed = [.. now.Devices.Where(jid => !known.Contains(jid) && jid != now.Self)];
        if (missed.Count == 0 || now.Self != before.Self)
            return; // by another name everybody is new

        var bundles = await sessions.FetchAsync(connection, missed, ct).ConfigureAwait(false);
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        if (await SentMessage.FindAsync(device, messageId, ct).ConfigureAwait(false) is not { } sent)
            return;

        var served = 0;
        foreach (var jid in missed)
        {
            var target = new RepeatFor(messageId, jid, sent.To);
            var stanza = await repeats.TryMakeAsync(device, sent, target, ct).ConfigureAwait(false);
            if (stanza is null && bundles.TryGetValue(jid, out var bundle))
            {
                var address = await device.AddressOfAsync(jid, ct).ConfigureAwait(false);
                await sessions.TryStartAsync(device, jid, address, bundle, ct).ConfigureAwait(false);
                stanza = await repeats.TryMakeAsync(device, sent, target, ct).ConfigureAwait(false);
            }

            if (stanza is null)
                continue;

            device.Send(connection, stanza);
            served++;
        }

        device.Publish();
        ClientLog.ServedLater(logger, messageId, served, missed.Count);
    }
}
