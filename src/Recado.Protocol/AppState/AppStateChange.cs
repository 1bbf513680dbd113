using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>A change to make to the account's settings.</summary>
/// <param name="Collection">Where the action belongs.</param>
/// <param name="Mutation">The record to set or to remove.</param>
public sealed record AppStateChange(AppStateCollection Collection, AppStateMutation Mutation)
{
    /// <summary>The action whose record holds the own name.</summary>
    public const string PushNameAction = "setting_pushName";

    /// <summary>The action whose records hold the names of contacts with a phone number.</summary>
    public const string ContactAction = "contact";

    /// <summary>The action whose records hold the names of contacts without one.</summary>
    public const string LidContactAction = "lid_contact";

    // Where each action belongs, and the version of its meaning that WhatsApp Web writes.
    private static readonly Dictionary<string, (AppStateCollection Collection, int Version)> Actions = new(StringComparer.Ordinal)
    {
        [PushNameAction] = (AppStateCollection.CriticalBlock, 1),
        [ContactAction] = (AppStateCollection.CriticalUnblockLow, 2),
        [LidContactAction] = (AppStateCollection.CriticalUnblockLow, 1),
        ["mute"] = (AppStateCollection.RegularHigh, 2),
        ["star"] = (AppStateCollection.RegularHigh, 2),
        ["deleteMessageForMe"] = (AppStateCollection.RegularHigh, 3),
        ["clearChat"] = (AppStateCollection.RegularHigh, 6),
        ["deleteChat"] = (AppStateCollection.RegularHigh, 6),
        ["userStatusMute"] = (AppStateCollection.RegularHigh, 7),
        ["favorites"] = (AppStateCollection.RegularHigh, 1),
        ["pin_v1"] = (AppStateCollection.RegularLow, 5),
        ["archive"] = (AppStateCollection.RegularLow, 3),
        ["markChatAsRead"] = (AppStateCollection.RegularLow, 3),
        ["lock"] = (AppStateCollection.RegularLow, 7),
        ["setting_unarchiveChats"] = (AppStateCollection.RegularLow, 4),
        ["quick_reply"] = (AppStateCollection.Regular, 2),
        ["label_edit"] = (AppStateCollection.Regular, 3),
        ["label_jid"] = (AppStateCollection.Regular, 3),
        ["label_message"] = (AppStateCollection.Regular, 3),
        ["setting_disableLinkPreviews"] = (AppStateCollection.Regular, 8),
    };

    /// <summary>A change of a record.</summary>
    /// <param name="operation">Whether to set or to remove it.</param>
    /// <param name="index">The record's name: the action, then what it is about.</param>
    /// <param name="value">The value with the action; its time is set from <paramref name="now"/>.</param>
    /// <param name="now">When it is made.</param>
    /// <exception cref="ArgumentException">The action is none that is written here.</exception>
    public static AppStateChange Of(SyncdOperation operation, IReadOnlyList<string> index, SyncActionValue value, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(value);
        if (index is not [var action, ..] || !Actions.TryGetValue(action, out var known))
            throw new ArgumentException("The index begins with no action that is known here.", nameof(index));

        var timed = value.Clone();
        timed.Timestamp = now.ToUnixTimeMilliseconds();
        return new(known.Collection, new(operation, [.. index], timed, known.Version));
    }

    /// <summary>Sets the own name.</summary>
    public static AppStateChange SetPushName(string name, DateTimeOffset now) =>
        Of(SyncdOperation.Set, [PushNameAction], new() { PushNameSetting = new() { Name = name } }, now);

    /// <summary>Puts somebody into the address book, or gives them another name there.</summary>
    public static AppStateChange SetContact(Jid phoneNumber, Jid? lid, string fullName, DateTimeOffset now)
    {
        var contact = new SyncActionValue.Types.ContactAction { FullName = fullName, SaveOnPrimaryAddressbook = true };
        if (lid is { } name)
            contact.LidJid = name.ToString();

        return Of(SyncdOperation.Set, [ContactAction, phoneNumber.ToString()], new() { ContactAction = contact }, now);
    }

    /// <summary>Takes somebody out of the address book.</summary>
    public static AppStateChange RemoveContact(Jid phoneNumber, DateTimeOffset now) =>
        Of(SyncdOperation.Remove, [ContactAction, phoneNumber.ToString()], new() { ContactAction = new() }, now);
}
