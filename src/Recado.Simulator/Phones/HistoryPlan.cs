namespace Recado.Simulator.Phones;

/// <summary>What a phone's history is like. Everything in it is made up, but for the chats with other phones of the service, which come first.</summary>
public sealed record HistoryPlan
{
    /// <summary>How many chats there are. Default: 10.</summary>
    public int Chats { get; init; } = 10;

    /// <summary>How many messages each has. Every third is the account's own. Default: 100.</summary>
    public int MessagesPerChat { get; init; } = 100;

    /// <summary>How many of the chats are groups. Default: none.</summary>
    public int Groups { get; init; }

    /// <summary>Every how many messages one is an image. Default: never.</summary>
    public int MediaEvery { get; init; }

    /// <summary>Every how many messages one has a reaction. Default: never.</summary>
    public int ReactionEvery { get; init; }

    /// <summary>Every how many messages one is a poll with a vote. Default: never.</summary>
    public int PollEvery { get; init; }

    /// <summary>
    /// Whether votes of others in polls of others stand as messages of their own, encrypted as they were sent, rather than with the poll as the
    /// phone has read them. Takes a <see cref="PollEvery"/> that three divides. Default: as the phone has read them.
    /// </summary>
    public bool HasSealedVotes { get; init; }

    /// <summary>Every how many messages one is an event with an answer. Default: never.</summary>
    public int EventEvery { get; init; }

    /// <summary>Every how many messages of a chat with a person one is a missed video call. Default: never.</summary>
    public int MissedCallEvery { get; init; }

    /// <summary>Whether the first chat is put away, the second pinned and the third muted. Default: none is.</summary>
    public bool HasViews { get; init; }

    /// <summary>How many messages of each chat are unread. Default: none.</summary>
    public int Unread { get; init; }

    /// <summary>How many of the oldest messages of each chat a device gets only when it asks for them, or has asked for everything. Default: none.</summary>
    public int OnlyOnPhone { get; init; }

    /// <summary>How many messages a part holds at most. Default: 2,000.</summary>
    public int ChunkSize { get; init; } = 2_000;

    /// <summary>Whether every part travels in its notification, for clients that cannot reach the media host. Default: only small ones that phones send so.</summary>
    public bool IsInline { get; init; }
}

/// <summary>A chat of a phone's history.</summary>
/// <param name="Chat">JID, as the phone keeps it.</param>
/// <param name="PhoneNumber">The partner's number; <see langword="null"/> for a group.</param>
/// <param name="Name">What the phone calls it.</param>
/// <param name="MessageIds">Its messages, newest first.</param>
public sealed record HistoryChat(string Chat, string? PhoneNumber, string Name, IReadOnlyList<string> MessageIds);
