using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>Receives receipts: how far our messages have come, what was read elsewhere, and who needs a message again.</summary>
internal sealed class ReceiptReceiver(DeviceState state, OwnDevice own, RetryAnswers retryAnswers, ClientOptions options, ILogger logger)
{
    public async ValueTask HandleAsync(Node stanza, ServiceConnection connection, CancellationToken ct)
    {
        if (stanza["type"] == "retry")
        {
            // The answer may need keys from the service; it settles the receipt itself.
            if (!connection.Jobs.TryAdd(token => retryAnswers.AnswerAsync(stanza, connection, token)))
                ClientLog.JobDropped(logger, stanza.Tag);
            return;
        }

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        if (stanza.JidOf("from") is { } from && await EventAsync(device, stanza, from, ct).ConfigureAwait(false) is { } happened)
            device.Events.Add(happened);
        device.Send(connection, Settlement.Ack(stanza));
        device.Publish();
    }

    private async ValueTask<ClientEvent?> EventAsync(DeviceTransaction device, Node stanza, Jid from, CancellationToken ct)
    {
        string[] ids =
        [
            stanza.Required("id"),
            .. (stanza.Child("list")?.ChildrenOf("item") ?? []).Select(item => item["id"]).OfType<string>(),
        ];
        if (own.Paired.IsOwn(stanza.JidOf("participant") ?? from))
        {
            return stanza["type"] is "read" or "read-self" or "played" or "played-self"
                ? new ReadElsewhere(await ChatAsync(device, stanza.JidOf("recipient") ?? from, ct).ConfigureAwait(false), ids)
                : null;
        }

        MessageStatus? status = stanza["type"] switch
        {
            null or "" or "inactive" => MessageStatus.Delivered,
            "read" => MessageStatus.Read,
            "played" => MessageStatus.Played,
            _ => null,
        };
        if (status is null)
            return null;

        var participant = await device.CanonicalAsync(stanza.JidOf("participant") ?? from, ct).ConfigureAwait(false);
        return new MessageStatusChanged(
            await ChatAsync(device, from, ct).ConfigureAwait(false),
            ids,
            status.Value,
            participant,
            Time(stanza));
    }

    private static async ValueTask<Jid> ChatAsync(DeviceTransaction device, Jid jid, CancellationToken ct) =>
        jid.IsGroup || jid.IsBroadcast ? jid : await device.CanonicalAsync(jid, ct).ConfigureAwait(false);

    private DateTimeOffset Time(Node stanza) =>
        stanza.NumberOf("t") is { } seconds and > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : options.Time.GetUtcNow();
}
