using Google.Protobuf;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Groups;

/// <summary>
/// A group: the message is encrypted once, under our sender key, and devices that do not have that key get it on the way, each for itself.
/// </summary>
internal sealed class GroupDestination(
    GroupRoster roster, GroupRosters rosters, SenderKeys senderKeys, DeviceState state, OwnDevice own, ClientOptions options) : Destination
{
    private static readonly TimeSpan WithoutKeysPause = TimeSpan.FromMinutes(10);

    public override Jid To => roster.Info.Jid;

    public override Jid Self => roster.Self;

    public override IReadOnlySet<Jid> Devices => roster.Devices;

    public override IReadOnlyList<Jid> Members => roster.Members;

    public override string DeviceHash => roster.DeviceHash;

    public override TimeSpan? Expiration => roster.Info.Expiration;

    public override async ValueTask<IReadOnlyList<DevicePart>?> PartsAsync(DeviceTransaction device, Message message, CancellationToken ct)
    {
        if (!rosters.IsCurrent(roster))
            return null;

        var now = options.Time.GetUtcNow();
        var version = state.VersionOf(DeviceRecordKind.SenderKeyDistribution);
        if (await senderKeys.FindOwnAsync(device, To, ct).ConfigureAwait(false) is { CanSend: true, KeyId: { } id }
            && roster.HasServed(id, version, now))
            return [];

        var (key, distribution, holders) = await senderKeys.PrepareOwnAsync(device, To, Devices, ct).ConfigureAwait(false);
        var unserved = Devices
            .Where(jid => jid != Self && !holders.Contains(jid) && !roster.IsWithoutKeys(jid, now))
            .ToList();
        if (unserved.Count == 0)
        {
            roster.MarkServed(key, version);
            return [];
        }

        var plaintext = new Message { SenderKeyDistributionMessage = distribution }.ToByteArray();
        return [.. unserved.Select(jid => new DevicePart(jid, plaintext))];
    }

    public override async ValueTask<Node?> SealAsync(
        DeviceTransaction device,
        string messageId,
        Message message,
        IReadOnlyList<DevicePart> parts,
        IReadOnlyList<EncryptedPart> encrypted,
        CancellationToken ct)
    {
        if (parts.Count > 0)
        {
            await senderKeys.MarkAsync(device, To, encrypted.Select(part => part.Device), ct).ConfigureAwait(false);
            roster.NoteWithoutKeys(
                parts.Select(part => part.Device).Except(encrypted.Select(part => part.Device)), options.Time.GetUtcNow() + WithoutKeysPause);
        }

        var body = await senderKeys.EncryptAsync(device, To, MessagePadding.Pad(message.ToByteArray(), options.Random), ct).ConfigureAwait(false);
        return Stanzas.GroupMessage(
            messageId,
            this,
            roster.Info.Addressing,
            MessageTraits.Of(message),
            encrypted,
            body,
            own.Paired.Account ?? [],
            Stanzas.ReportingTokenOf(messageId, Self, To, message));
    }
}
