using Google.Protobuf;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Groups;

/// <summary>The sender keys of groups: those of members' devices, and our own with who has got it.</summary>
internal sealed class SenderKeys(OwnDevice own, ClientOptions options)
{
    // The same name in groups of either kind.
    private SignalAddress Self => (own.Paired.Lid ?? own.Paired.PhoneNumber!.Value).ToSignalAddress();

    /// <summary>The keys of a member's device. What was kept under its phone number moves to its LID once that is known.</summary>
    public static async ValueTask<SenderKeyRecord?> FindAsync(DeviceTransaction device, Jid group, Jid sender, SignalAddress address, CancellationToken ct)
    {
        var key = Keys.SenderKey(group, address);
        if (await device.ReadAsync(key, Parse, ct).ConfigureAwait(false) is { } record)
            return record;
        if (await FormerAddressAsync(device, sender, address, ct).ConfigureAwait(false) is not { } former)
            return null;

        var old = Keys.SenderKey(group, former);
        if (await device.ReadAsync(old, Parse, ct).ConfigureAwait(false) is not { } moved)
            return null;

        device.Put(key, moved.Serialize(), moved);
        device.Delete(old);
        return moved;
    }

    /// <summary>Keeps the keys of a member's device.</summary>
    public static void Put(DeviceTransaction device, Jid group, SignalAddress address, SenderKeyRecord record) =>
        device.Put(Keys.SenderKey(group, address), record.Serialize(), record);

    /// <summary>Takes a sender key that a member of a group has given us.</summary>
    public static async ValueTask TakeAsync(
        DeviceTransaction device, Jid group, Jid sender, SignalAddress address, ReadOnlyMemory<byte> distribution, CancellationToken ct)
    {
        var known = await FindAsync(device, group, sender, address, ct).ConfigureAwait(false);
        Put(device, group, address, SenderKeyCipher.ProcessDistribution(known, distribution.Span));
    }

    /// <summary>Forgets every key of the group.</summary>
    public static async ValueTask ForgetAllAsync(DeviceTransaction device, Jid group, CancellationToken ct)
    {
        foreach (var record in await device.ListAsync(DeviceRecordKind.SenderKey, $"{group}/", ct).ConfigureAwait(false))
            device.Delete(record.Key);
        device.Delete(Keys.SenderKeyDistribution(group));
    }

    /// <summary>Forgets our own key and who has it: the next message goes out under a new one.</summary>
    public void ForgetOwn(DeviceTransaction device, Jid group)
    {
        device.Delete(Keys.SenderKey(group, Self));
        device.Delete(Keys.SenderKeyDistribution(group));
    }

    public ValueTask<SenderKeyRecord?> FindOwnAsync(DeviceTransaction device, Jid group, CancellationToken ct) =>
        device.ReadAsync(Keys.SenderKey(group, Self), Parse, ct);

    /// <summary>
    /// Our key as it stands now, and who has it. When somebody has it who is not among <paramref name="devices"/> any more, it is a new
    /// one: who has left must not read on.
    /// </summary>
    public async ValueTask<(uint KeyId, SenderKeyDistributionMessage Distribution, IReadOnlySet<Jid> Holders)> PrepareOwnAsync(
        DeviceTransaction device, Jid group, IReadOnlySet<Jid> devices, CancellationToken ct)
    {
        var holders = await SenderKeyHolders.FindAsync(device, group, ct).ConfigureAwait(false);
        if (holders is not null && !holders.Devices.IsSubsetOf(devices))
        {
            ForgetOwn(device, group);
            holders = null;
        }

        var (distribution, record) = await DistributeAsync(device, group, ct).ConfigureAwait(false);
        return (record.KeyId!.Value, distribution, holders is not null && holders.KeyId == record.KeyId ? holders.Devices : new HashSet<Jid>());
    }

    /// <summary>Our key as it stands now, for a message to carry; made when there is none.</summary>
    public async ValueTask<(SenderKeyDistributionMessage Distribution, SenderKeyRecord Record)> DistributeAsync(
        DeviceTransaction device, Jid group, CancellationToken ct)
    {
        var known = await FindOwnAsync(device, group, ct).ConfigureAwait(false);
        var made = SenderKeyCipher.CreateDistribution(known, options.Random);
        if (!ReferenceEquals(made.Record, known))
            Put(device, group, Self, made.Record);
        var distribution = new SenderKeyDistributionMessage
        {
            GroupId = group.ToString(),
            AxolotlSenderKeyDistributionMessage = UnsafeByteOperations.UnsafeWrap(made.Body),
        };
        return (distribution, made.Record);
    }

    /// <summary>These devices get our present key.</summary>
    public async ValueTask MarkAsync(DeviceTransaction device, Jid group, IEnumerable<Jid> devices, CancellationToken ct)
    {
        if (await FindOwnAsync(device, group, ct).ConfigureAwait(false) is not { KeyId: { } keyId })
            return;

        var known = await SenderKeyHolders.FindAsync(device, group, ct).ConfigureAwait(false);
        HashSet<Jid> holders = known is not null && known.KeyId == keyId ? [.. known.Devices, .. devices] : [.. devices];
        if (known is null || known.KeyId != keyId || holders.Count > known.Devices.Count)
            device.Put(Keys.SenderKeyDistribution(group), new SenderKeyHolders(keyId, holders).Serialize());
    }

    /// <summary>Encrypts under our present key.</summary>
    public async ValueTask<byte[]> EncryptAsync(DeviceTransaction device, Jid group, byte[] padded, CancellationToken ct)
    {
        var record = await FindOwnAsync(device, group, ct).ConfigureAwait(false)
            ?? throw new SignalException(SignalError.NoSenderKey, "There is no sender key of our own for the group.");
        var encrypted = SenderKeyCipher.Encrypt(record, padded, options.Random);
        Put(device, group, Self, encrypted.Record);
        return encrypted.Body;
    }

    private static SenderKeyRecord Parse(byte[] data) => SenderKeyRecord.Parse(data);

    /// <summary>The address by phone number of a device that is known by LID.</summary>
    private static async ValueTask<SignalAddress?> FormerAddressAsync(DeviceTransaction device, Jid sender, SignalAddress address, CancellationToken ct)
    {
        var phone = await device.PhoneNumberOfAsync(sender, ct).ConfigureAwait(false);
        var former = phone is { } user ? new Jid(user.User, JidServer.PhoneNumber, sender.Device).ToSignalAddress() : (SignalAddress?)null;
        return former != address ? former : null;
    }
}
