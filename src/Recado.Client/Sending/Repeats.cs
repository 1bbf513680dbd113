using Google.Protobuf;
using Recado.Client.Contacts;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Sending;

/// <summary>A message that was sent, once more for a single device: encrypted for that device alone, under the same id.</summary>
internal sealed class Repeats(OwnDevice own, SessionStarter sessions, SenderKeys senderKeys)
{
    /// <summary>
    /// The stanza; null when there is no session with the device. In a group our sender key goes along, inside the message: it is what the
    /// device lacks, or will need for the next message.
    /// </summary>
    public async ValueTask<Node?> TryMakeAsync(DeviceTransaction device, SentMessage sent, RepeatFor target, CancellationToken ct)
    {
        var message = Message.Parser.ParseFrom(sent.Protobuf);
        var traits = MessageTraits.Of(message);
        if (sent.To.IsGroup)
            message.SenderKeyDistributionMessage = (await senderKeys.DistributeAsync(device, sent.To, ct).ConfigureAwait(false)).Distribution;
        else if (own.Paired.IsOwn(target.Device))
            message = UserDestination.OwnCopy(message, sent.To);

        var address = await device.AddressOfAsync(target.Device, ct).ConfigureAwait(false);
        if (await sessions.TryEncryptAsync(device, address, message.ToByteArray(), ct).ConfigureAwait(false) is not { } encrypted)
            return null;

        if (sent.To.IsGroup)
            await senderKeys.MarkAsync(device, sent.To, [target.Device], ct).ConfigureAwait(false);
        return Stanzas.Repeat(target, sent.QueuedAt, traits, encrypted, own.Paired.Account ?? []);
    }
}

/// <summary>For whom a message is repeated, and how the stanza names that.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Device">The device.</param>
/// <param name="To">The group, or the device.</param>
/// <param name="Recipient">The chat, when an own device asks that was not named by it.</param>
/// <param name="Count">Which attempt of the device it answers.</param>
internal sealed record RepeatFor(string MessageId, Jid Device, Jid To, Jid? Recipient, int Count);
