using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>Receives receipts: how far our messages have come, what was read elsewhere, and who needs a message again.</summary>
internal sealed class ReceiptReceiver(
    DeviceState state, OwnDevice own, RetryAnswers retryAnswers, SentTraces traces, ClientOptions options, ILogger logger)
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
        if (stanza.JidOf("from") is { } from)
            await PublishAsync(device, stanza, from, ct).ConfigureAwait(false);
        device.Send(connection, Settlement.Ack(stanza));
        device.Publish();
    }

    private async ValueTask PublishAsync(DeviceTransaction device, Node stanza, Jid from, CancellationToken ct)
    {
        string[] ids =
        [
            stanza.Required("id"),
            .. (stanza.Child("list")?.ChildrenOf("item") ?? []).Select(item => item["id"]).OfType<string>(),
        ];
        var grouped = stanza.ChildrenOf("participants").ToList();
        foreach (var group in grouped)
        {
            // What several members have done with one message, each at a time of their own.
            foreach (var member in group.ChildrenOf("user"))
            {
                if (member.JidOf("jid") is { } user)
                    await PublishAsync(device, stanza["type"], from, user, [group["key"] ?? ids[0]], Time(member, Time(stanza)), ct).ConfigureAwait(false);
            }
        }

        if (grouped.Count > 0)
            return;

        var recipient = IsShared(from) ? null : stanza.JidOf("recipient"); // in a group it is the message's author
        var who = stanza.JidOf("participant") ?? from;
        await PublishAsync(device, stanza["type"], own.Paired.IsOwn(who) ? recipient ?? from : from, who, ids, Time(stanza), ct).ConfigureAwait(false);
    }

    private async ValueTask PublishAsync(
        DeviceTransaction device, string? type, Jid chat, Jid who, IReadOnlyList<string> ids, DateTimeOffset time, CancellationToken ct)
    {
        var name = IsShared(chat) ? chat : await device.CanonicalAsync(chat, ct).ConfigureAwait(false);
        if (own.Paired.IsOwn(who))
        {
            if (type is "read" or "read-self" or "played" or "played-self")
                device.Events.Add(new ReadElsewhere(name, ids));
            return;
        }

        MessageStatus? status = type switch
        {
            null or "" or "inactive" => MessageStatus.Delivered,
            "read" => MessageStatus.Read,
            "played" => MessageStatus.Played,
            _ => null,
        };
        if (status is not { } reached)
            return;

        traces.Note(ids, reached);
        var participant = await device.CanonicalAsync(who, ct).ConfigureAwait(false);
        device.Events.Add(new MessageStatusChanged(name, ids, reached, participant, time)
        {
            ParticipantPhoneNumber = await device.PhoneNumberOfAsync(participant, ct).ConfigureAwait(false),
        });
    }

    private static bool IsShared(Jid chat) => chat.IsGroup || chat.IsBroadcast;

    private DateTimeOffset Time(Node node, DateTimeOffset? otherwise = null) =>
        node.NumberOf("t") is { } seconds and > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : otherwise ?? options.Time.GetUtcNow();
}
