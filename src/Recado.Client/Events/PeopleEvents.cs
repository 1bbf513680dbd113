using Recado.Protocol;
using Recado.Protocol.Presence;

namespace Recado.Client.Events;

/// <summary>Somebody whose presence is looked at came or went.</summary>
/// <param name="User">Who, as a LID when it is known, else by phone number; a group for its number of members online.</param>
/// <param name="IsAvailable">Whether they are there.</param>
public sealed record PresenceChanged(Jid User, bool IsAvailable) : ClientEvent
{
    /// <summary>The user by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The user by LID, if known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>When they last were there; null when they do not tell.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>How many members of a group are there.</summary>
    public int? OnlineCount { get; init; }
}

/// <summary>Somebody types, records or has stopped. Of one who goes on nothing more comes; of one who stops perhaps nothing either.</summary>
/// <param name="Chat">Where, keyed as in <see cref="MessageEnvelope.Chat"/>.</param>
/// <param name="Sender">Who, as a LID when it is known, else by phone number.</param>
/// <param name="State">What they do.</param>
public sealed record ChatStateChanged(Jid Chat, Jid Sender, ChatState State) : ClientEvent
{
    /// <summary>The sender by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The sender by LID, if known.</summary>
    public Jid? Lid { get; init; }
}

/// <summary>A call rings, or rang while this device was away.</summary>
/// <param name="CallId">What to reject it by.</param>
/// <param name="Caller">Who calls, as a LID when it is known, else by phone number.</param>
public sealed record CallReceived(string CallId, Jid Caller) : ClientEvent
{
    /// <summary>The caller by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The caller by LID, if known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>The name the caller has given themselves.</summary>
    public string? CallerName { get; init; }

    /// <summary>Whether it is a video call.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Whether it is a group call.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The group.</summary>
    public Jid? Group { get; init; }

    /// <summary>Whether it rang while this device was away.</summary>
    public bool IsOffline { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>How a call stopped ringing.</summary>
public enum CallEnd
{
    /// <summary>Nobody took it.</summary>
    Missed,

    /// <summary>It was taken on another device of the account.</summary>
    AcceptedElsewhere,

    /// <summary>It was rejected on another device of the account.</summary>
    RejectedElsewhere,

    /// <summary>It was rejected here.</summary>
    Rejected,
}

/// <summary>A call rings no longer.</summary>
/// <param name="CallId">Which.</param>
/// <param name="Caller">Who called, as a LID when it is known, else by phone number.</param>
/// <param name="End">How.</param>
public sealed record CallEnded(string CallId, Jid Caller, CallEnd End) : ClientEvent
{
    /// <summary>The caller by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The caller by LID, if known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>Whether it was a video call.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Whether it was a group call.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The group.</summary>
    public Jid? Group { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>A user or group has another picture.</summary>
/// <param name="Of">Whose: a user as a LID when it is known, else by phone number; or a group.</param>
/// <param name="PictureId">Its id; null when it was taken away, or the service does not say.</param>
/// <param name="IsRemoved">Whether it was taken away.</param>
public sealed record PictureChanged(Jid Of, string? PictureId, bool IsRemoved) : ClientEvent
{
    /// <summary>The user by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The user by LID, if known.</summary>
    public Jid? Lid { get; init; }
}

/// <summary>A user has another about text.</summary>
/// <param name="User">Whose, as a LID when it is known, else by phone number.</param>
/// <param name="Text">The text; null when the service does not say.</param>
public sealed record AboutChanged(Jid User, string? Text) : ClientEvent
{
    /// <summary>The user by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The user by LID, if known.</summary>
    public Jid? Lid { get; init; }
}

/// <summary>Names in the phone's address book have changed, or have come to be known.</summary>
/// <param name="Contacts">The ones that have changed.</param>
/// <param name="IsFullSync">Whether this device has just read the whole address book, as after it was linked.</param>
public sealed record ContactNamesChanged(IReadOnlyList<ContactName> Contacts, bool IsFullSync) : ClientEvent;

/// <summary>A user in the phone's address book.</summary>
/// <param name="User">Who, as a LID when it is known, else by phone number.</param>
/// <param name="Name">What the address book calls them; null when they are no longer in it.</param>
public sealed record ContactName(Jid User, string? Name)
{
    /// <summary>The user by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The user by LID, if known.</summary>
    public Jid? Lid { get; init; }
}
