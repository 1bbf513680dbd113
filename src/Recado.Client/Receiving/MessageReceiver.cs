using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Secrets;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Receiving;

/// <summary>
/// Receives messages: decrypts, publishes what came out together with the moved ratchets, and settles the stanza behind that publication.
/// A repeat is settled again, through the same stream and so behind its original.
/// </summary>
internal sealed class MessageReceiver(
    DeviceState state,
    OwnDevice own,
    MessageDecryptor decryptor,
    RetryRequests retries,
    PeerMessages peerMessages,
    MessageSecrets secrets,
    GroupDirectory groups,
    PlaceholderResends placeholders,
    ClientOptions options,
    ILogger logger)
{
    public async ValueTask HandleAsync(Node stanza, ServiceConnection connection, CancellationToken ct)
    {
        var source = MessageSource.Parse(stanza, own.Paired);
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        if (source.Chat.IsNewsletter)
        {
            device.Send(connection, Settlement.Ack(stanza));
            device.Publish();
            return;
        }

        await device.LearnAsync(source.Sender, source.SenderOtherName, ct).ConfigureAwait(false);
        await device.LearnAsync(source.Chat, source.ChatOtherName, ct).ConfigureAwait(false);
        if (source.Chat.IsGroup)
            await groups.NoteAddressingAsync(device, source.Chat, GroupNodes.ParseAddressing(stanza), ct).ConfigureAwait(false);
        var opened = await OpenAllAsync(device, stanza, source, ct).ConfigureAwait(false);
        await SettleAsync(device, stanza, source, opened, connection, ct).ConfigureAwait(false);
        device.Publish();
    }

    private async ValueTask<Opened> OpenAllAsync(DeviceTransaction device, Node stanza, MessageSource source, CancellationToken ct)
    {
        var sender = await device.AddressOfAsync(source.Sender, ct).ConfigureAwait(false);
        var opened = new Opened(sender);
        foreach (var enc in stanza.ChildrenOf("enc"))
        {
            try
            {
                if (await decryptor.DecryptAsync(device, source, sender, enc, ct).ConfigureAwait(false) is not { } message)
                    continue;

                opened.Count++;
                if (source.Group is { } group
                    && message.SenderKeyDistributionMessage is { HasAxolotlSenderKeyDistributionMessage: true } distribution)
                    await SenderKeys
                        .TakeAsync(device, group, source.Sender, sender, distribution.AxolotlSenderKeyDistributionMessage.Memory, ct)
                        .ConfigureAwait(false);
                if (Content(message, source) is { } content)
                    opened.Message = content;
            }
            catch (SignalException failure)
            {
                // A repeated first part does not spoil the second; any other failure outweighs a repeat.
                if (opened.Failure is null or SignalError.OldCounter)
                    opened.Failure = failure.Error;
            }
            catch (ProtocolException)
            {
                opened.IsGarbled = true;
            }
        }

        return opened;
    }

    private async ValueTask SettleAsync(
        DeviceTransaction device,
        Node stanza,
        MessageSource source,
        Opened opened,
        ServiceConnection connection,
        CancellationToken ct)
    {
        if (opened.Message is not null || (opened is { Count: > 0, Failure: null }))
        {
            await PublishAsync(device, stanza, source, opened.Message, connection, ct).ConfigureAwait(false);
            device.Send(connection, Settlement.Receipt(stanza, ReceiptType(stanza, source, connection)));
        }
        else if (opened.Failure is SignalError.OldCounter)
        {
            ClientLog.Duplicate(logger, source.Id);
            device.Send(connection, Settlement.Receipt(stanza, ReceiptType(stanza, source, connection)));
        }
        else if (opened.Failure is { } failure)
        {
            var attempt = await retries.AskAsync(device, connection, stanza, source, opened.Sender, failure, ct).ConfigureAwait(false);
            if (attempt == 1 && stanza["category"] != "peer" && !source.Chat.IsBroadcast)
            {
                var envelope = await EnvelopeAsync(device, stanza, source, ct).ConfigureAwait(false);
                device.Events.Add(
                    new MessageUndecryptable(envelope, "This message could not be decrypted. Its author's device was asked to send it again."));
                placeholders.Schedule(device, envelope, options.PlaceholderDelay);
            }

            device.Send(connection, Settlement.Ack(stanza));
        }
        else if (stanza.Child("unavailable") is { } unavailable)
        {
            if (!source.Chat.IsBroadcast)
            {
                var envelope = await EnvelopeAsync(device, stanza, source, ct).ConfigureAwait(false);
                device.Events.Add(
                    new MessageUndecryptable(envelope, $"This message can only be seen on the phone ({unavailable["type"] ?? "unavailable"})."));
                if (PlaceholderResends.IsForLinkedDevices(unavailable["type"]))
                    placeholders.Schedule(device, envelope, TimeSpan.Zero);
            }

            device.Send(connection, Settlement.Ack(stanza));
        }
        else
        {
            device.Send(
                connection,
                Settlement.Ack(
                    stanza,
                    opened.IsGarbled ? NackCode.InvalidProtobuf
                        : stanza.ChildrenOf("enc").Any(enc => enc["type"] == "msmsg") ? NackCode.MissingMessageSecret
                        : NackCode.UnknownStanza));
        }
    }

    private async ValueTask PublishAsync(
        DeviceTransaction device,
        Node stanza,
        MessageSource source,
        Message? message,
        ServiceConnection connection,
        CancellationToken ct)
    {
        if (source.IsFromMe && stanza["notify"] is { Length: > 0 } name)
            await PushName.TakeAsync(device, own, name, ct).ConfigureAwait(false);
        if (message is null || (source.Chat.IsBroadcast && !source.Chat.IsStatusBroadcast))
            return; // key material only, or a list of our own on another device, whose messages are those to its members

        if (PeerMessages.IsForOwnDevices(message))
        {
            if (source.IsFromMe)
                await peerMessages.HandleAsync(device, stanza, source, message.ProtocolMessage, connection, ct).ConfigureAwait(false);
            return;
        }

        var envelope = await EnvelopeAsync(device, stanza, source, ct).ConfigureAwait(false);
        var content = MessageContentMapper.FromProto(message);
        if (content is EncryptedContent hidden)
            content = await secrets.OpenAsync(device, envelope.Chat, source.Sender, hidden, ct).ConfigureAwait(false);
        else
            await secrets.TakeAsync(device, envelope.Chat, envelope.Id, source.Sender, message, content, ct).ConfigureAwait(false);
        placeholders.Solve(device, envelope);
        if (content is RevokeContent revoke)
        {
            if (await RevokeRights.CheckAsync(device, stanza, source, revoke, ct).ConfigureAwait(false) is not { } allowed)
            {
                ClientLog.RevokeIgnored(logger, envelope.Id);
                return;
            }

            content = allowed;
        }

        device.Events.Add(new MessageReceived(envelope, content));
    }

    /// <summary>What there is to show; null for bare key material. Only our own devices may speak for us.</summary>
    private static Message? Content(Message message, MessageSource source)
    {
        if (message.DeviceSentMessage is { } copy)
        {
            var context = message.MessageContextInfo;
            message = source.IsFromMe && copy.Message is { } inner ? inner : new Message();
            message.MessageContextInfo ??= context;
        }

        var content = message.Clone();
        content.SenderKeyDistributionMessage = null;
        content.MessageContextInfo = null;
        return content.CalculateSize() == 0 ? null : message;
    }

    private static string? ReceiptType(Node stanza, MessageSource source, ServiceConnection connection) =>
        stanza["category"] == "peer" ? "peer_msg"
        : source.IsFromMe ? "sender"
        : connection.IsAvailable ? null
        : "inactive";

    private async ValueTask<MessageEnvelope> EnvelopeAsync(
        DeviceTransaction device,
        Node stanza,
        MessageSource source,
        CancellationToken ct)
    {
        var lid = await device.LidOfAsync(source.Sender, ct).ConfigureAwait(false);
        var phone = await device.PhoneNumberOfAsync(source.Sender, ct).ConfigureAwait(false);
        var chatLid = await device.LidOfAsync(source.Chat, ct).ConfigureAwait(false);
        var chatPhone = await device.PhoneNumberOfAsync(source.Chat, ct).ConfigureAwait(false);
        return new()
        {
            Id = source.Id,
            Chat = chatLid ?? source.Chat,
            Sender = lid ?? source.Sender.ToUser(),
            FromMe = source.IsFromMe,
            Timestamp = source.Timestamp,
            PushName = stanza["notify"],
            PhoneNumber = phone,
            Lid = lid,
            ChatPhoneNumber = chatPhone,
            ChatLid = chatLid,
            ContactName = await ContactNames.FindAsync(device, chatLid, chatPhone, ct).ConfigureAwait(false),
            IsGroup = source.Chat.IsGroup,
            Members = source is { IsFromMe: true, Chat.IsGroup: true } && await GroupDirectory.FindAsync(device, source.Chat, ct).ConfigureAwait(false) is { } info
                ? await device.MembersWithoutAsync(own.Paired, info, ct).ConfigureAwait(false)
                : [],
            Origin = stanza["offline"] is null ? MessageOrigin.Live : MessageOrigin.Offline,
        };
    }

    private sealed class Opened(SignalAddress sender)
    {
        public SignalAddress Sender { get; } = sender;

        public int Count { get; set; }

        public Message? Message { get; set; }

        public SignalError? Failure { get; set; }

        public bool IsGarbled { get; set; }
    }
}
