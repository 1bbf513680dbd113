using Recado.Protocol.Messages;

namespace Recado.Protocol.History;

/// <summary>One thing out of a part of the history. The family is closed.</summary>
public abstract record HistoryItem
{
    private protected HistoryItem()
    {
    }
}

/// <summary>A chat and the messages of it that this part holds.</summary>
/// <param name="Chat">The chat.</param>
/// <param name="Messages">Newest first.</param>
public sealed record HistoryConversation(Jid Chat, IReadOnlyList<HistoryMessage> Messages) : HistoryItem
{
    /// <summary>What the phone calls it: a group's subject, a contact's saved name.</summary>
    public string? Name { get; init; }

    /// <summary>The other person's phone number.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The other person's LID.</summary>
    public Jid? Lid { get; init; }

    /// <summary>Messages not read yet.</summary>
    public uint UnreadCount { get; init; }

    /// <summary>Whether it was marked as unread by hand.</summary>
    public bool IsMarkedAsUnread { get; init; }

    /// <summary>Whether it is put away.</summary>
    public bool IsArchived { get; init; }

    /// <summary>When it was pinned; null when it is not.</summary>
    public DateTimeOffset? PinnedAt { get; init; }

    /// <summary>Until when it makes no sound.</summary>
    public DateTimeOffset? MutedUntil { get; init; }

    /// <summary>When something last happened in it.</summary>
    public DateTimeOffset? LastActivityAt { get; init; }

    /// <summary>After how long new messages disappear.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>Whether the phone has older messages; null when it does not say.</summary>
    public bool? HasMore { get; init; }

    /// <summary>The token by which the other person lets us write to them.</summary>
    public byte[]? TrustedContactToken { get; init; }

    /// <summary>When that token was issued.</summary>
    public DateTimeOffset? TrustedContactTokenAt { get; init; }

    /// <summary>When we last issued ours to them.</summary>
    public DateTimeOffset? OwnTokenIssuedAt { get; init; }
}

/// <summary>A status update of the last day.</summary>
/// <param name="Message">The update.</param>
public sealed record HistoryStatus(HistoryMessage Message) : HistoryItem;

/// <summary>The name someone gave themselves.</summary>
/// <param name="User">Who.</param>
/// <param name="Name">The name.</param>
public sealed record HistoryPushName(Jid User, string Name) : HistoryItem;

/// <summary>Two names of one person.</summary>
/// <param name="PhoneNumber">By phone number.</param>
/// <param name="Lid">By LID.</param>
public sealed record HistoryMapping(Jid PhoneNumber, Jid Lid) : HistoryItem;

/// <summary>An entry of the phone's address book.</summary>
/// <param name="PhoneNumber">By phone number.</param>
/// <param name="Lid">By LID.</param>
/// <param name="FullName">The whole name.</param>
/// <param name="FirstName">The first name.</param>
public sealed record HistoryContact(Jid? PhoneNumber, Jid? Lid, string? FullName, string? FirstName) : HistoryItem;

/// <summary>Values the phone shares with its companions.</summary>
/// <param name="ClientTokenSalt">What <see cref="ClientSideToken"/> is made with.</param>
/// <param name="DeletionNonce">What is shown to delete this part from the media hosts.</param>
public sealed record HistorySecrets(byte[]? ClientTokenSalt, string? DeletionNonce) : HistoryItem;
