using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Secrets;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>
/// Sends messages to one user: finds the devices of both accounts, encrypts for each, and puts the finished stanza into the outbox.
/// Prepares one message at a time, waits for acknowledgements of any number.
/// </summary>
internal sealed class MessageSender(
    DeviceState state,
    OwnDevice own,
    LiveConnection live,
    DeviceLists deviceLists,
    SessionStarter sessions,
    OutgoingContents contents,
    MessageSecrets secrets,
    Outbox outbox,
    ClientOptions options,
    ILogger logger)
{
    private readonly SemaphoreSlim _preparing = new(1, 1);

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        if (live.Current is not { } connection)
            return new SendResult.NotConnected();

        PendingSend pending;
        await _preparing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var id = message.Id ?? MessageId.Create(options.Time.GetUtcNow(), own.Paired.PhoneNumber?.User, options.Random);
            if (outbox.Find(id) is { } known)
                pending = known;
            else if (await FindSentAsync(id, ct).ConfigureAwait(false) is { } sent)
                return new SendResult.Sent(id, sent.QueuedAt);
            else if (await FindRecipientAsync(connection, message.To.ToUser(), ct).ConfigureAwait(false) is not { } recipient)
                return new SendResult.NotOnWhatsApp();
            else if (await contents.PrepareAsync(message.Content, recipient.To, ct).ConfigureAwait(false) is not var (content, proto))
                return new SendResult.TargetUnknown();
            else if (await QueueAsync(connection, recipient, message with { Id = id, Content = content }, proto, ct).ConfigureAwait(false)
                is { } queued)
                pending = queued;
            else
                return new SendResult.Refused(id, 404);
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

    /// <summary>Encrypts a refused message anew, once: the devices it was made for were out of date.</summary>
    public async Task RebuildAsync(ServiceConnection connection, PendingSend pending, CancellationToken ct)
    {
        await _preparing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (await FindRecipientAsync(connection, pending.To, ct).ConfigureAwait(false) is { } recipient
                && await FindSentAsync(pending.MessageId, ct).ConfigureAwait(false) is { } sent)
            {
                var message = Message.Parser.ParseFrom(sent.Protobuf);
                await EncryptAsync(
                        connection,
                        recipient,
                        message,
                        (device, encrypted) =>
                        {
                            pending.IsDurable = false;
                            pending.SentOver = null;
                            pending.Packet = NodeCodec.Encode(Stanza(pending.MessageId, recipient, message, encrypted, token: null));
                            device.Put(pending.Key, pending.Packet);
                            device.Publish(() => pending.IsDurable = true);
                        },
                        ct)
                    .ConfigureAwait(false);
            }
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

    /// <summary>
    /// Where a message to this user goes: to the LID when there is one, to all devices of both accounts but this one. Null: no such user.
    /// </summary>
    private async Task<Recipient?> FindRecipientAsync(ServiceConnection connection, Jid user, CancellationToken ct)
    {
        var (lid, phone) = await NamesAsync(user, ct).ConfigureAwait(false);
        if (lid is null)
        {
            // Asking for the devices of a phone number teaches its LID.
            await deviceLists.GetAsync(connection, [user, own.JidLike(user).ToUser()], ct).ConfigureAwait(false);
            (lid, phone) = await NamesAsync(user, ct).ConfigureAwait(false);
        }

        var to = lid ?? user;
        var self = own.JidLike(to);
        var lists = await deviceLists.GetAsync(connection, [.. new[] { to, self.ToUser() }.Distinct()], ct).ConfigureAwait(false);
        if (!lists.TryGetValue(to, out var theirs))
            return null;

        var ours = lists.TryGetValue(self.ToUser(), out var list) ? list.Devices : [];
        var all = theirs.Devices.Concat(ours).Append(self).Distinct().ToList();
        return new(to, phone, [.. all.Where(device => device != self)], ParticipantHash.Compute(all));
    }

    private async ValueTask<(Jid? Lid, Jid? Phone)> NamesAsync(Jid user, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return (await device.LidOfAsync(user, ct).ConfigureAwait(false), await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false));
    }

    /// <summary>Encrypts and publishes; null when no device of the recipient has usable keys.</summary>
    private async Task<PendingSend?> QueueAsync(
        ServiceConnection connection,
        Recipient recipient,
        OutgoingMessage message,
        Message proto,
        CancellationToken ct)
    {
        var id = message.Id!;
        var token = await FindTokenAsync(recipient.To, ct).ConfigureAwait(false);
        PendingSend? pending = null;
        await EncryptAsync(
                connection,
                recipient,
                proto,
                (device, encrypted) =>
                {
                    var now = options.Time.GetUtcNow();
                    var stanza = Stanza(id, recipient, proto, encrypted, token);
                    pending = new(outbox.NextKey(id), NodeCodec.Encode(stanza), stanza) { DeviceHash = recipient.DeviceHash };
                    device.Put(pending.Key, pending.Packet);
                    device.Put(
                        Keys.SentMessage(id),
                        new SentMessage(recipient.To, now, proto.ToByteArray()).Serialize(),
                        expiresAt: now + options.SentMessageLifetime);
                    secrets.TakeOwn(device, recipient.To, id, own.JidLike(recipient.To), proto, message.Content);
                    device.Events.Add(new MessageQueued(message, Envelope(id, recipient, now)));
                    outbox.Add(pending);
                    device.Publish(() => pending.IsDurable = true);
                    ClientLog.Queued(logger, id, encrypted.Count);
                },
                ct)
            .ConfigureAwait(false);
        return pending;
    }

    /// <summary>
    /// Encrypts for every device that has keys and hands the result over while the device is still taken; the receiver publishes.
    /// </summary>
    private async Task EncryptAsync(
        ServiceConnection connection,
        Recipient recipient,
        Message message,
        Action<DeviceTransaction, IReadOnlyList<(Jid, EncryptedMessage)>> publish,
        CancellationToken ct)
    {
        var plaintext = message.ToByteArray();
        var ownPlaintext = OwnCopy(message, recipient.To).ToByteArray();
        IReadOnlyDictionary<Jid, PreKeyBundle>? bundles = null;
        while (true)
        {
            using var device = await state.BeginAsync(ct).ConfigureAwait(false);
            var addressed = new List<(Jid Device, SignalAddress Address)>();
            foreach (var jid in recipient.Devices)
                addressed.Add((jid, await device.AddressOfAsync(jid, ct).ConfigureAwait(false)));

            if (bundles is null && await WithoutSessionAsync(device, addressed, ct).ConfigureAwait(false) is { Count: > 0 } missing)
            {
                device.Publish(); // sessions may have moved to the LID
                bundles = await sessions.FetchAsync(connection, missing, ct).ConfigureAwait(false);
                continue;
            }

            var encrypted = new List<(Jid, EncryptedMessage)>();
            foreach (var (jid, address) in addressed)
            {
                var text = own.Paired.IsOwn(jid) ? ownPlaintext : plaintext;
                var part = await sessions.TryEncryptAsync(device, address, text, ct).ConfigureAwait(false);
                if (part is null
                    && bundles is not null
                    && bundles.TryGetValue(jid, out var bundle)
                    && await sessions.TryStartAsync(device, jid, address, bundle, ct).ConfigureAwait(false))
                {
                    part = await sessions.TryEncryptAsync(device, address, text, ct).ConfigureAwait(false);
                }

                if (part is { } done)
                    encrypted.Add((jid, done));
            }

            // A session that has ended meanwhile may have erased its keys: nothing may be saved behind that.
            if (live.Current != connection)
                throw new ConnectionException("The connection has ended.");

            if (encrypted.Exists(part => own.Paired.IsOwn(recipient.To) || !own.Paired.IsOwn(part.Item1)))
                publish(device, encrypted);
            return;
        }
    }

    private static async ValueTask<List<Jid>> WithoutSessionAsync(
        DeviceTransaction device,
        List<(Jid Device, SignalAddress Address)> addressed,
        CancellationToken ct)
    {
        var missing = new List<Jid>();
        foreach (var (jid, address) in addressed)
        {
            if (await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false) is not { CanSend: true })
                missing.Add(jid);
        }

        return missing;
    }

    private async ValueTask<byte[]?> FindTokenAsync(Jid to, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return await TrustedContacts.FindValidAsync(device, to, options.Time.GetUtcNow(), ct).ConfigureAwait(false);
    }

    private Node Stanza(
        string id,
        Recipient recipient,
        Message message,
        IReadOnlyList<(Jid, EncryptedMessage)> encrypted,
        byte[]? token) =>
        Stanzas.DirectMessage(
            id,
            recipient.To,
            recipient.PhoneNumber,
            MessageTraits.Of(message),
            encrypted,
            own.Paired.Account ?? [],
            ReportingTokenOf(id, recipient.To, message),
            token);

    private byte[]? ReportingTokenOf(string id, Jid to, Message message) =>
        message.MessageContextInfo is { HasMessageSecret: true } context
            ? ReportingToken.Compute(message.ToByteArray(), context.MessageSecret.Span, id, own.JidLike(to), to)
            : null;

    /// <summary>The form for our own other devices, which must know whom it was sent to.</summary>
    public static Message OwnCopy(Message message, Jid to)
    {
        var copy = new Message
        {
            DeviceSentMessage = new() { DestinationJid = to.ToString(), Message = message },
        };
        if (message.MessageContextInfo is { } context)
            copy.MessageContextInfo = context;
        return copy;
    }

    private MessageEnvelope Envelope(string id, Recipient recipient, DateTimeOffset now) =>
        new()
        {
            Id = id,
            Chat = recipient.To,
            Sender = own.JidLike(recipient.To).ToUser(),
            FromMe = true,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
            PhoneNumber = own.Paired.PhoneNumber?.ToUser(),
            Lid = own.Paired.Lid?.ToUser(),
            ChatPhoneNumber = recipient.PhoneNumber,
            ChatLid = recipient.To.IsLid ? recipient.To : null,
        };

    private sealed record Recipient(Jid To, Jid? PhoneNumber, IReadOnlyList<Jid> Devices, string DeviceHash);
}
