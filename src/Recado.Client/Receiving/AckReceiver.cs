using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>Receives the service's word on messages we sent: taken, refused, or to be tried once more.</summary>
internal sealed class AckReceiver(
    DeviceState state,
    OwnDevice own,
    Outbox outbox,
    MessageSender sender,
    GroupRosters rosters,
    TrustedContacts tokens,
    PlaceholderResends placeholders,
    ClientOptions options,
    ILogger logger)
{
    private const int StaleAddressing = 421;
    private const int MissingToken = 463;
    private const int StaleDevices = 479;

    private static readonly TimeSpan ResendDelay = TimeSpan.FromSeconds(2);

    public async ValueTask HandleAsync(Node ack, ServiceConnection connection, CancellationToken ct)
    {
        if (ack["class"] != "message" || ack["id"] is not { } id)
            return;
        if (outbox.Find(id) is not { } pending)
        {
            if (ack["error"] is null)
                await placeholders.TryTakeAsync(id, ct).ConfigureAwait(false);
            return;
        }

        var error = ack["error"] is { } text ? (int?)(int.TryParse(text, out var code) ? code : 500) : null;
        if (error is { } retryable and (StaleAddressing or StaleDevices or 500 or 503) && !pending.HasBeenRepeated)
        {
            pending.HasBeenRepeated = true;
            if (connection.Jobs.TryAdd(token => RepeatAsync(pending, retryable, connection, token)))
                return;
        }

        var time = ack.NumberOf("t") is { } seconds and > 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : options.Time.GetUtcNow();
        await SettleAsync(pending, error, ack["phash"], time, connection, ct).ConfigureAwait(false);
    }

    private async ValueTask SettleAsync(
        PendingSend pending, int? error, string? deviceHash, DateTimeOffset time, ServiceConnection connection, CancellationToken ct)
    {
        var id = pending.MessageId;
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            var chat = await device.CanonicalAsync(pending.To, ct).ConfigureAwait(false);
            if (error is not null || (deviceHash is not null && pending.DeviceHash is { } ours && deviceHash != ours))
                await ForgetDevicesAsync(device, pending.To, ct).ConfigureAwait(false);

            device.Delete(pending.Key);
            device.Events.Add(
                new MessageStatusChanged(chat, [id], error is null ? MessageStatus.Sent : MessageStatus.Failed, null, time, error));
            outbox.Remove(pending);
            device.Publish();
            pending.Complete(error is { } refusal ? new SendResult.Refused(id, refusal) : new SendResult.Sent(id, time));
        }

        if (pending.EncryptedAt is { } start)
            ClientTelemetry.Acknowledged(options.Time.GetElapsedTime(start), error is null);
        if (error is { } reason)
            ClientLog.Refused(logger, id, reason);
        if (error is null or MissingToken && !pending.To.IsGroup && !own.Paired.IsOwn(pending.To))
            connection.Jobs.TryAdd(token => tokens.IssueAsync(connection, pending.To, isForced: error is MissingToken, token));
    }

    private async Task RepeatAsync(PendingSend pending, int error, ServiceConnection connection, CancellationToken ct)
    {
        if (error is not (StaleAddressing or StaleDevices))
        {
            await Task.Delay(ResendDelay, options.Time, ct).ConfigureAwait(false);
            pending.SentOver = null;
            await outbox.FlushAsync().ConfigureAwait(false);
            return;
        }

        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            await ForgetDevicesAsync(device, pending.To, ct).ConfigureAwait(false);
            device.Publish();
        }

        if (!await TryRebuildAsync(pending, connection, ct).ConfigureAwait(false))
            await SettleAsync(pending, error, deviceHash: null, options.Time.GetUtcNow(), connection, ct).ConfigureAwait(false);
    }

    private async Task<bool> TryRebuildAsync(PendingSend pending, ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            return await sender.TryRebuildAsync(connection, pending, ct).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is RequestRefusedException or RequestTimeoutException or ProtocolException)
        {
            ClientLog.JobFailed(logger, cause.Message);
            return false;
        }
    }

    private async ValueTask ForgetDevicesAsync(DeviceTransaction device, Jid to, CancellationToken ct)
    {
        if (to.IsGroup)
        {
            await rosters.ForgetAsync(device, to, ct).ConfigureAwait(false);
            return;
        }

        await DeviceLists.ForgetAsync(device, to, ct).ConfigureAwait(false);
        await DeviceLists.ForgetAsync(device, own.JidLike(to).ToUser(), ct).ConfigureAwait(false);
    }
}
