using Microsoft.Extensions.Logging;
using Recado.Client.Calls;
using Recado.Client.Connection;
using Recado.Client.Pairing;
using Recado.Client.Presence;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>
/// Takes received stanzas one by one, in order. A stanza that cannot be handled is refused, so that it does not come back for ever.
/// </summary>
internal sealed class InboundProcessor(
    DeviceState state,
    MessageReceiver messages,
    ReceiptReceiver receipts,
    NotificationReceiver notifications,
    AckReceiver acks,
    IbReceiver ib,
    PresenceReceiver presences,
    CallClient calls,
    ILogger logger)
{
    public async Task RunAsync(ServiceConnection connection, PairingFlow? pairing, CancellationToken ct)
    {
        await foreach (var stanza in connection.Inbound.ReadAllAsync(ct).ConfigureAwait(false))
        {
            try
            {
                await HandleAsync(stanza, connection, pairing, ct).ConfigureAwait(false);
            }
            catch (ProtocolException cause)
            {
                ClientLog.StanzaRejected(logger, stanza.Tag, cause.Message);
                await RefuseAsync(stanza, NackCode.Parsing, connection, ct).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is not (OperationCanceledException or StoreException or ConnectionException))
            {
                ClientLog.StanzaFailed(logger, stanza.Tag, fault);
                await RefuseAsync(stanza, NackCode.Unhandled, connection, ct).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask HandleAsync(Node stanza, ServiceConnection connection, PairingFlow? pairing, CancellationToken ct)
    {
        switch (stanza.Tag)
        {
            case "message" or "appdata":
                await messages.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "receipt":
                await receipts.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "notification":
                await notifications.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "call":
                await calls.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "presence" or "chatstate":
                await presences.HandleAsync(stanza, ct).ConfigureAwait(false);
                break;
            case "status":
                await RefuseAsync(stanza, null, connection, ct).ConfigureAwait(false);
                break;
            case "ack":
                await acks.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "ib":
                await ib.HandleAsync(stanza, connection, ct).ConfigureAwait(false);
                break;
            case "iq" when stanza["xmlns"] == "urn:xmpp:ping":
                await connection
                    .SendAsync(new Node("iq", [("to", Jid.Service), ("type", "result"), ("id", stanza["id"])]), ct)
                    .ConfigureAwait(false);
                break;
            case "iq" when stanza.JidOf("from") == Jid.Service && pairing?.TryTake(stanza) == true:
                break;
            default:
                ClientLog.UnknownStanza(logger, stanza.Tag);
                break;
        }
    }

    private async ValueTask RefuseAsync(Node stanza, int? code, ServiceConnection connection, CancellationToken ct)
    {
        if (stanza["id"] is null || stanza.Tag is not ("message" or "appdata" or "receipt" or "notification" or "call" or "status"))
            return;

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        device.Send(connection, Settlement.Ack(stanza, stanza.Tag is "message" or "appdata" ? code : null));
        device.Publish();
    }
}
