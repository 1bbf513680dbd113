using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Events;

/// <summary>Something that happened to a session. Events arrive in order, at least once.</summary>
public abstract record ClientEvent;

/// <summary>The session changed its state.</summary>
/// <param name="State">The new state.</param>
/// <param name="Reason">Why, when the session is not connected.</param>
/// <param name="Detail">A sentence for people: what happened and what to do about it.</param>
public sealed record StateChanged(SessionState State, DisconnectReason? Reason = null, string? Detail = null) : ClientEvent;

/// <summary>A QR code waits to be scanned with WhatsApp, under Linked devices. It replaces the one before.</summary>
/// <param name="Code">The text to encode in the QR code.</param>
/// <param name="ExpiresAt">When the next one replaces it.</param>
/// <param name="Number">Counts from 1.</param>
/// <param name="Total">How many codes there will be before the session gives up.</param>
public sealed record QrIssued(string Code, DateTimeOffset ExpiresAt, int Number, int Total) : ClientEvent;

/// <summary>The phone linked this device.</summary>
/// <param name="PhoneNumber">Our own JID by phone number, with our device number.</param>
/// <param name="Lid">Our own JID by LID, with our device number.</param>
/// <param name="Platform">What the phone runs: <c>android</c>, <c>iphone</c>, <c>smba</c>, <c>smbi</c> (the last two: WhatsApp
/// Business).</param>
/// <param name="BusinessName">The name of a business account.</param>
public sealed record Paired(Jid PhoneNumber, Jid Lid, string Platform, string? BusinessName) : ClientEvent;

/// <summary>A message arrived, or the account wrote one on another device.</summary>
public sealed record MessageReceived(MessageEnvelope Envelope, MessageContent Content) : ClientEvent;

/// <summary>
/// A message arrived that cannot be read yet. Its author has been asked for it again where that can help; a later
/// <see cref="MessageReceived"/> with the same chat, sender and id replaces this one.
/// </summary>
/// <param name="Envelope">Everything but the content.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record MessageUndecryptable(MessageEnvelope Envelope, string Reason) : ClientEvent;

/// <summary>An outgoing message is encrypted and leaves as soon as this event is acknowledged.</summary>
public sealed record MessageQueued(OutgoingMessage Message, MessageEnvelope Envelope) : ClientEvent;

/// <summary>Messages we sent have come further.</summary>
/// <param name="Chat">The chat, keyed as in <see cref="MessageEnvelope.Chat"/>.</param>
/// <param name="MessageIds">Which messages.</param>
/// <param name="Status">How far.</param>
/// <param name="Participant">Who received or read it, as a user JID; null when it is the service that speaks.</param>
/// <param name="Timestamp">When, to the second.</param>
/// <param name="ErrorCode">With <see cref="MessageStatus.Failed"/>, the service's error code.</param>
public sealed record MessageStatusChanged(
    Jid Chat,
    IReadOnlyList<string> MessageIds,
    MessageStatus Status,
    Jid? Participant,
    DateTimeOffset Timestamp,
    int? ErrorCode = null) : ClientEvent
{
    /// <summary><see cref="Participant"/> by phone number, if known.</summary>
    public Jid? ParticipantPhoneNumber { get; init; }
}

/// <summary>The account read messages on another of its devices.</summary>
public sealed record ReadElsewhere(Jid Chat, IReadOnlyList<string> MessageIds) : ClientEvent;

/// <summary>Two names of one user became known. Chats kept under the phone number continue under the LID.</summary>
public sealed record IdentityMapped(Jid PhoneNumber, Jid Lid) : ClientEvent
{
    /// <summary>What the phone's address book calls the user, if they are in it.</summary>
    public string? ContactName { get; init; }
}

/// <summary>A user's encryption keys changed: a new phone or a new installation.</summary>
public sealed record IdentityChanged(Jid User) : ClientEvent;

/// <summary>A user goes by another name now.</summary>
public sealed record PushNameChanged(Jid User, string Name) : ClientEvent
{
    /// <summary>What the phone's address book calls the user, if they are in it.</summary>
    public string? ContactName { get; init; }
}

/// <summary>Everything the service had kept while this device was away has been delivered.</summary>
/// <param name="Count">How many stanzas that were.</param>
public sealed record CaughtUp(int Count) : ClientEvent;

/// <summary>Something changed in a group, or the account came into one. Its own changes are told as well.</summary>
/// <param name="Group">The group.</param>
/// <param name="Changes">What has changed, in order; members with both names as far as they are known.</param>
public sealed record GroupChanged(Jid Group, IReadOnlyList<GroupChange> Changes) : ClientEvent
{
    /// <summary>The notification's id; unique within the group.</summary>
    public required string Id { get; init; }

    /// <summary>Who did it, as a LID when it is known, else by phone number; null when the service did.</summary>
    public Jid? Actor { get; init; }

    /// <summary>Who did it by phone number, if known.</summary>
    public Jid? ActorPhoneNumber { get; init; }

    /// <summary>The name the actor has given themselves, if the service told.</summary>
    public string? ActorName { get; init; }

    /// <summary>When, to the second.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Live, or from the queue of what was missed.</summary>
    public MessageOrigin Origin { get; init; }
}
