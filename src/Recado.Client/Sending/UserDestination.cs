using Google.Protobuf;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Sending;

/// <summary>One user: all devices of both accounts but this one, each with an encryption of its own.</summary>
internal sealed class UserDestination(Jid to, Jid? phoneNumber, IReadOnlySet<Jid> devices, OwnDevice own, ClientOptions options) : Destination
{
    public override Jid To => to;

    public override Jid Self { get; } = own.JidLike(to);

    public override Jid? PhoneNumber => phoneNumber;

    public override IReadOnlySet<Jid> Devices => devices;

    public override string DeviceHash { get; } = ParticipantHash.Compute(devices);

    public override ValueTask<IReadOnlyList<DevicePart>?> PartsAsync(DeviceTransaction device, Message message, CancellationToken ct)
    {
        var plaintext = message.ToByteArray();
        var ownPlaintext = OwnCopy(message, to).ToByteArray();
        return new([
            .. devices.Where(jid => jid != Self).Select(jid => new DevicePart(jid, own.Paired.IsOwn(jid) ? ownPlaintext : plaintext)),
        ]);
    }

    public override async ValueTask<Node?> SealAsync(
        DeviceTransaction device,
        string messageId,
        Message message,
        IReadOnlyList<DevicePart> parts,
        IReadOnlyList<EncryptedPart> encrypted,
        CancellationToken ct)
    {
        if (!encrypted.Any(part => own.Paired.IsOwn(to) || !own.Paired.IsOwn(part.Device)))
            return null;

        return Stanzas.DirectMessage(
            messageId,
            to,
            phoneNumber,
            MessageTraits.Of(message),
            encrypted,
            own.Paired.Account ?? [],
            Stanzas.ReportingTokenOf(messageId, Self, to, message),
            await TrustedContacts.FindAsync(device, to, options.Time.GetUtcNow(), ct).ConfigureAwait(false));
    }

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
}
