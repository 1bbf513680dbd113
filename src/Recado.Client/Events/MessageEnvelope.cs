using Recado.Protocol;

namespace Recado.Client.Events;

/// <summary>Whether a message came as it was written or from the queue of what was missed.</summary>
public enum MessageOrigin
{
    /// <summary>Delivered as it happened.</summary>
    Live,

    /// <summary>Kept by the service while this device was away.</summary>
    Offline,

    /// <summary>From the phone's memory of the time before this device was linked, or of longer ago.</summary>
    History,
}

/// <summary>How far a message has come. Only ever moves forward, except to <see cref="Failed"/>.</summary>
public enum MessageStatus
{
    /// <summary>Saved here, not yet taken by the service.</summary>
    Pending,

    /// <summary>Taken by the service (one tick).</summary>
    Sent,

    /// <summary>On a device of the recipient (two ticks).</summary>
    Delivered,

    /// <summary>Read (two blue ticks).</summary>
    Read,

    /// <summary>A voice note or view-once message was opened.</summary>
    Played,

    /// <summary>Refused by the service; it will not be sent again.</summary>
    Failed,
}

/// <summary>Who wrote a message to whom, and when. All JIDs are user JIDs, without a device.</summary>
public sealed record MessageEnvelope
{
    /// <summary>The message's id; unique together with <see cref="Chat"/> and <see cref="Sender"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The chat, as a LID when it is known, else by phone number; a group's JID for groups.</summary>
    public required Jid Chat { get; init; }

    /// <summary>The author, as a LID when it is known, else by phone number.</summary>
    public required Jid Sender { get; init; }

    /// <summary>Whether the author is the account itself, on this or another device.</summary>
    public bool FromMe { get; init; }

    /// <summary>When the service took the message, to the second.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The name the author has given themselves, if the service told.</summary>
    public string? PushName { get; init; }

    /// <summary>The author by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The author by LID, if known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>The chat partner by phone number, if known; null for groups.</summary>
    public Jid? ChatPhoneNumber { get; init; }

    /// <summary>The chat partner by LID, if known; null for groups.</summary>
    public Jid? ChatLid { get; init; }

    /// <summary>What the phone's address book calls the chat partner, if they are in it; null for groups.</summary>
    public string? ContactName { get; init; }

    /// <summary>Whether <see cref="Chat"/> is a group.</summary>
    public bool IsGroup { get; init; }

    /// <summary>Of a message of ours to a group, its members without ourselves, by LID where it is known; empty when they are not known.</summary>
    public IReadOnlyList<Jid> Members { get; init; } = [];

    /// <summary>Live, from the queue of what was missed, or from the phone's history.</summary>
    public MessageOrigin Origin { get; init; }
}
