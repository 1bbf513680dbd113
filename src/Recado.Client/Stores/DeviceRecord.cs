namespace Recado.Client.Stores;

/// <summary>What a record of a device holds. Stored by its name in snake_case (<see cref="DeviceRecordKinds.ToName"/>).</summary>
public enum DeviceRecordKind
{
    /// <summary>The device's own keys and names; one record.</summary>
    Credentials,

    /// <summary>A Double Ratchet session, by Signal address.</summary>
    Session,

    /// <summary>A peer device's identity key, by Signal address.</summary>
    Identity,

    /// <summary>One of our one-time prekeys, by id.</summary>
    PreKey,

    /// <summary>One of our signed prekeys, by id.</summary>
    SignedPreKey,

    /// <summary>A sender key, by group and Signal address.</summary>
    SenderKey,

    /// <summary>Which devices hold our sender key of a group.</summary>
    SenderKeyDistribution,

    /// <summary>The LID of a phone number.</summary>
    LidByPhone,

    /// <summary>The phone number of a LID.</summary>
    PhoneByLid,

    /// <summary>A user's devices.</summary>
    DeviceList,

    /// <summary>A finished stanza that the service has not acknowledged yet.</summary>
    Outbox,

    /// <summary>A message we sent, kept for recipients that could not decrypt it.</summary>
    SentMessage,

    /// <summary>The secret of a message, which opens what others say about it.</summary>
    MessageSecret,

    /// <summary>How often a message was asked for again, or given again.</summary>
    RetryCount,

    /// <summary>A token by which a contact trusts us, or the time we gave one.</summary>
    TrustedContactToken,

    /// <summary>Anything small and single.</summary>
    Setting,

    /// <summary>A group as the service describes it, by its JID.</summary>
    Group,

    /// <summary>A part of the history that is still to be read, or how far it has been.</summary>
    HistoryJob,

    /// <summary>A message that the phone is asked for because this device cannot read it.</summary>
    PlaceholderRequest,

    /// <summary>Whether a phone number has WhatsApp.</summary>
    NumberStatus,

    /// <summary>How far a collection of the account's settings is known.</summary>
    AppStateVersion,

    /// <summary>The MAC of a setting's value, by collection and the MAC of its index.</summary>
    AppStateMac,

    /// <summary>What is to be done about a collection of the account's settings.</summary>
    AppStateTask,

    /// <summary>A user's name in the phone's address book, by JID.</summary>
    ContactName,
}

/// <summary>Stable names of the kinds, for stores.</summary>
public static class DeviceRecordKinds
{
    private static readonly string[] Names = [.. Enum.GetNames<DeviceRecordKind>().Select(SnakeCase)];

    /// <summary>The kind's name in snake_case, for instance <c>lid_by_phone</c>.</summary>
    public static string ToName(this DeviceRecordKind kind) => Names[(int)kind];

    /// <summary>The kind of a stored name.</summary>
    /// <exception cref="ArgumentException">No kind has this name.</exception>
    public static DeviceRecordKind Parse(string name) =>
        Array.IndexOf(Names, name) is var at and >= 0
            ? (DeviceRecordKind)at
            : throw new ArgumentException($"There is no kind of device record named '{name}'.", nameof(name));

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>Names one record of a device.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Id">Which one; ASCII, unique within the kind, at most a few hundred characters.</param>
public readonly record struct DeviceRecordKey(DeviceRecordKind Kind, string Id);

/// <summary>One record of a device. The data is secret.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Data">Its bytes; not to be changed by the receiver.</param>
/// <param name="ExpiresAt">After this instant the store may remove it; null means never.</param>
public sealed record DeviceRecord(DeviceRecordKey Key, byte[] Data, DateTimeOffset? ExpiresAt = null);
