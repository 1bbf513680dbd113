using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>Where a message goes: for which devices it is encrypted, and what its stanza looks like.</summary>
internal abstract class Destination
{
    /// <summary>The chat, as the stanza names it.</summary>
    public abstract Jid To { get; }

    /// <summary>Our own device, by the name that the chat uses.</summary>
    public abstract Jid Self { get; }

    /// <summary>The chat partner's phone number, when it is known; null for groups.</summary>
    public virtual Jid? PhoneNumber => null;

    /// <summary>Every device of the chat, our own included.</summary>
    public abstract IReadOnlySet<Jid> Devices { get; }

    /// <summary>Of a group, its members without ourselves, by LID where it is known.</summary>
    public virtual IReadOnlyList<Jid> Members => [];

    /// <summary>The participant hash of <see cref="Devices"/>.</summary>
    public abstract string DeviceHash { get; }

    /// <summary>After how long messages of the chat disappear; null when they stay or that is not known.</summary>
    public virtual TimeSpan? Expiration => null;

    /// <summary>What each device is to get for itself; null when this destination is out of date.</summary>
    public abstract ValueTask<IReadOnlyList<DevicePart>?> PartsAsync(DeviceTransaction device, Message message, CancellationToken ct);

    /// <summary>The finished stanza; null when nobody could read it.</summary>
    public abstract ValueTask<Node?> SealAsync(
        DeviceTransaction device,
        string messageId,
        Message message,
        IReadOnlyList<DevicePart> parts,
        IReadOnlyList<EncryptedPart> encrypted,
        CancellationToken ct);
}

/// <summary>What one device is to get.</summary>
/// <param name="Device">The device.</param>
/// <param name="Plaintext">The encoded message, without its padding.</param>
internal readonly record struct DevicePart(Jid Device, byte[] Plaintext);

/// <summary>What one device gets.</summary>
/// <param name="Device">The device.</param>
/// <param name="Message">The message, encrypted for it.</param>
internal readonly record struct EncryptedPart(Jid Device, EncryptedMessage Message);
