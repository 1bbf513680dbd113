namespace Recado.Protocol.AppState;

/// <summary>The parts of the account's shared settings, in the order in which a new device fetches them.</summary>
public enum AppStateCollection
{
    /// <summary>The own name and language: needed before anything is shown.</summary>
    CriticalBlock,

    /// <summary>The address book.</summary>
    CriticalUnblockLow,

    /// <summary>Muted chats, starred and deleted messages, favourites.</summary>
    RegularHigh,

    /// <summary>Quick replies and labels.</summary>
    Regular,

    /// <summary>Pinned, archived and read chats.</summary>
    RegularLow,
}

/// <summary>The names of the collections on the wire. Their MACs cover them.</summary>
public static class AppStateCollectionNames
{
    private static readonly string[] Names = ["critical_block", "critical_unblock_low", "regular_high", "regular", "regular_low"];

    /// <summary>The name, such as <c>critical_block</c>.</summary>
    public static string ToName(this AppStateCollection collection) => Names[(int)collection];

    /// <summary>The collection of a name; null when there is none.</summary>
    public static AppStateCollection? TryParse(string? name) =>
        Array.IndexOf(Names, name) is var at and >= 0 ? (AppStateCollection)at : null;
}
