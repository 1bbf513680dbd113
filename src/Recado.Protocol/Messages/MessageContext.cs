namespace Recado.Protocol.Messages;

/// <summary>What surrounds a message.</summary>
public sealed record MessageContext
{
    /// <summary>The message this one answers.</summary>
    public QuotedMessage? Quote { get; init; }

    /// <summary>Who is mentioned; LIDs in a chat that is addressed by LID.</summary>
    public IReadOnlyList<Jid> Mentions { get; init; } = [];

    /// <summary>Whether everyone in the group is mentioned.</summary>
    public bool MentionsEveryone { get; init; }

    /// <summary>Whether it was written elsewhere first.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>How often it has been forwarded; from 5 on, WhatsApp says "forwarded many times".</summary>
    public uint ForwardingScore { get; init; }

    /// <summary>After how long the message disappears; null when it stays.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>When the chat's timer was set.</summary>
    public DateTimeOffset? ExpirationSetAt { get; init; }

    /// <summary>What made the author write, such as an ad; null when the message does not say.</summary>
    public MessageReferral? Referral { get; init; }
}

/// <summary>A message as quoted by another one. Its text is what the quoting side says it was.</summary>
/// <param name="Id">The id of the quoted message.</param>
/// <param name="Author">Who wrote it, without device; null when the quoting side does not say.</param>
/// <param name="Content">What it said, without a context of its own; null when the quoting side does not say.</param>
/// <param name="Chat">The chat it is from, when that is another one, such as the status feed.</param>
public sealed record QuotedMessage(string Id, Jid? Author, MessageContent? Content = null, Jid? Chat = null);

/// <summary>Which message another one acts on.</summary>
/// <param name="Id">The id of the message.</param>
/// <param name="Chat">The chat it is in, as the acting side names it.</param>
/// <param name="IsFromActor">Whether the acting side wrote it (<c>fromMe</c> on the wire).</param>
/// <param name="Author">Who wrote it, within groups and broadcasts, when that is someone else.</param>
public sealed record MessageTarget(string Id, Jid? Chat, bool IsFromActor, Jid? Author = null);
