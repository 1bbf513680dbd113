using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Secrets;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Sending;

/// <summary>
/// Sends messages: finds whom they are for, encrypts, and puts the finished stanza into the outbox. Prepares one message at a time, waits
/// for acknowledgements of any number.
/// </summary>
internal sealed class MessageSender(
    DeviceState state,
    OwnDevice own,
    LiveConnection live,
    Destinations destinations,
    MessageEncryptor encryptor,
    OutgoingContents contents,
    MessageSecrets secrets,
    Outbox outbox,
    SentTraces traces,
    ClientOptions options,
    ILogger logger)
{
    private const int MaxAttempts = 5; // at a chat whose devices change while a message is encrypted for them
    private const int StaleDestination = 421;

    private readonly SemaphoreSlim _preparing = new(1, 1);

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        if (live.Current is not { } connection)
            return new SendResult.NotConnected();

        var id = message.Id ?? MessageId.Create(options.Time.GetUtcNow(), own.Paired.PhoneNumber?.User, options.Random);
        using var activity = traces.Begin(id);
        PendingSend pending;
        await _preparing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (outbox.Find(id) is { } known)
                pending = known;
            else if (await FindSentAsync(id, ct).ConfigureAwait(false) is { } sent)
                return new SendResult.Sent(id, sent.QueuedAt);
            else if (await QueueAsync(connection, message with { Id = id }, ct).ConfigureAwait(false) is var (queued, refusal) && queued is not null)
                pending = queued;
            else
                return refusal!;
        }
        catch (ConnectionException)
        {
            return new SendResult.NotConnected(); // nothing was published yet
        }
        finally
        {
            _preparing.Release();
        }

        try
        {
            return await pending.Result.WaitAsync(options.RequestTimeout, options.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return new SendResult.NotAcknowledged(pending.MessageId);
        }
    }

    /// <summary>
    /// Encrypts a refused message anew, once: the devices it was made for were out of date. False when there is nobody to send it to.
    /// </summary>
    public async Task<bool> TryRebuildAsync(ServiceConnection connection, PendingSend pending, CancellationToken ct)
    {
        await _preparing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (await FindSentAsync(pending.MessageId, ct).ConfigureAwait(false) is not { } sent)
                return false;

            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (await destinations.FindAsync(connection, pending.To, ct).ConfigureAwait(false) is not { } destination)
                    return false;

                var outcome = await encryptor
                    .EncryptAsync(
                        connection,
                        destination,
                        pending.MessageId,
                        Message.Parser.ParseFrom(sent.Protobuf),
                        (device, stanza) => Replace(device, pending, sent, destination, stanza),
                        ct)
                    .ConfigureAwait(false);
                if (outcome != EncryptionOutcome.OutOfDate)
                    return outcome == EncryptionOutcome.Done;
            }

            return false;
        }
        finally
        {
            _preparing.Release();
        }
    }

    private async ValueTask<SentMessage?> FindSentAsync(string id, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return await SentMessage.FindAsync(device, id, ct).ConfigureAwait(false);
    }

    private async Task<(PendingSend? Pending, SendResult? Refusal)> QueueAsync(
        ServiceConnection connection, OutgoingMessage message, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await destinations.FindAsync(connection, message.To, ct).ConfigureAwait(false) is not { } destination)
                return (null, message.To.IsGroup ? new SendResult.NotAMember() : new SendResult.NotOnWhatsApp());
            if (await contents.PrepareAsync(message.Content, destination, ct).ConfigureAwait(false) is not var (content, proto))
                return (null, new SendResult.TargetUnknown());

            var contactName = message.To.IsGroup
                ? null
                : await ContactNames.FindAsync(state, destination.To, destination.PhoneNumber, ct).ConfigureAwait(false);
            PendingSend? pending = null;
            var outcome = await encryptor
                .EncryptAsync(
                    connection,
                    destination,
                    message.Id!,
                    proto,
                    (device, stanza) => pending = Queue(device, destination, contactName, message with { Content = content }, proto, stanza),
                    ct)
                .ConfigureAwait(false);
            if (outcome == EncryptionOutcome.Done)
                return (pending, null);
            if (outcome == EncryptionOutcome.Unreadable)
                return (null, new SendResult.Refused(message.Id!, 404));
        }

        return (null, new SendResult.Refused(message.Id!, StaleDestination));
    }

    private PendingSend Queue(
        DeviceTransaction device, Destination destination, string? contactName, OutgoingMessage message, Message proto, Node stanza)
    {
        var (id, now) = (message.Id!, options.Time.GetUtcNow());
        var pending = new PendingSend(outbox.NextKey(id), NodeCodec.Encode(stanza), stanza)
        {
            DeviceHash = destination.DeviceHash,
            EncryptedAt = options.Time.GetTimestamp(),
        };
        device.Put(pending.Key, pending.Packet);
        Keep(device, id, new(destination.To, destination.Self, now, proto.ToByteArray()));
        secrets.TakeOwn(device, destination.To, id, destination.Self, proto, message.Content);
        device.Events.Add(new MessageQueued(message, Envelope(id, destination, contactName, now)));
        outbox.Add(pending);
        device.Publish(() => pending.IsDurable = true);
        ClientLog.Queued(logger, id, destination.Devices.Count - 1);
        return pending;
    }

    private void Replace(DeviceTransaction device, PendingSend pending, SentMessage sent, Destination destination, Node stanza)
    {
        pending.IsDurable = false;
        pending.SentOver = null;
        pending.DeviceHash = destination.DeviceHash;
        pending.Packet = NodeCodec.Encode(stanza);
        device.Put(pending.Key, pending.Packet);
        Keep(device, pending.MessageId, sent with { Self = destination.Self });
        device.Publish(() => pending.IsDurable = true);
    }

    private void Keep(DeviceTransaction device, string id, SentMessage sent) =>
        device.Put(Keys.SentMessage(id), sent.Serialize(), expiresAt: sent.QueuedAt + options.SentMessageLifetime);

    private MessageEnvelope Envelope(string id, Destination destination, string? contactName, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Chat = destination.To,
            Sender = (destination.To.IsGroup ? own.Paired.Lid ?? destination.Self : destination.Self).ToUser(),
            FromMe = true,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
            PhoneNumber = own.Paired.PhoneNumber?.ToUser(),
            Lid = own.Paired.Lid?.ToUser(),
            ChatPhoneNumber = destination.PhoneNumber,
            ChatLid = destination.To.IsLid ? destination.To : null,
            ContactName = contactName,
            IsGroup = destination.To.IsGroup,
            Members = destination.Members,
        };
}
