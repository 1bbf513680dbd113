using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Messages;

namespace Recado.Client.Events;

/// <summary>
/// Messages of the past, some hundreds at most; one message may come in several of these. A message that is here already is better than
/// its copy out of the history.
/// </summary>
/// <param name="Kind">The part of the history they stand in.</param>
/// <param name="Messages">Newest first within a chat; then what was said about them.</param>
public sealed record HistoryReceived(HistoryKind Kind, IReadOnlyList<HistoricMessage> Messages) : ClientEvent;

/// <summary>A message of the past.</summary>
/// <param name="Envelope">Who wrote it to whom, and when.</param>
/// <param name="Content">What it says; null for a notice, such as that somebody joined, or for what is gone.</param>
/// <param name="Status">How far it has come; of others' messages <see cref="MessageStatus.Delivered"/> or <see cref="MessageStatus.Read"/>.</param>
public sealed record HistoricMessage(MessageEnvelope Envelope, MessageContent? Content, MessageStatus Status)
{
    /// <summary>Which notice it is, by WhatsApp's number; 0 when it is none.</summary>
    public int Notice { get; init; }

    /// <summary>What the notice is about.</summary>
    public IReadOnlyList<string> NoticeParameters { get; init; } = [];
}

/// <summary>A chat that the account has: one of the phone's, or a group. Its messages are told by themselves.</summary>
/// <param name="Chat">The chat, keyed as in <see cref="MessageEnvelope.Chat"/>.</param>
public sealed record ChatFound(Jid Chat) : ClientEvent
{
    /// <summary>A group's subject, or what the phone calls the other person.</summary>
    public string? Name { get; init; }

    /// <summary>The other person by phone number, if known.</summary>
    public Jid? PhoneNumber { get; init; }

    /// <summary>The other person by LID, if known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>When something last happened in it; of a group without messages, when it was made. Null when that is not told.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>After how long new messages disappear; null when they stay or that is not told.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>How the phone shows it; null when that is not told.</summary>
    public ChatView? View { get; init; }
}

/// <summary>How the phone shows a chat.</summary>
/// <param name="IsArchived">Whether it is put away.</param>
/// <param name="PinnedAt">When it was pinned; null when it is not.</param>
/// <param name="MutedUntil">Until when it makes no sound; null when it does.</param>
public sealed record ChatView(bool IsArchived, DateTimeOffset? PinnedAt, DateTimeOffset? MutedUntil);

/// <summary>A part of the history has been handed over, or cannot be.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Chunk">Its number among those of its kind.</param>
/// <param name="Percent">How much of its kind has been handed over, 0 to 100.</param>
/// <param name="Messages">How many messages it held.</param>
/// <param name="IsDone">Whether it was the last one of its kind.</param>
public sealed record HistoryProgress(HistoryKind Kind, uint Chunk, uint Percent, int Messages, bool IsDone) : ClientEvent
{
    /// <summary>Of what was asked for by <see cref="WhatsAppClient.RequestHistoryAsync"/>, the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Of what was asked for, the chat.</summary>
    public Jid? Chat { get; init; }

    /// <summary>Of what was asked for, whether the phone has older messages; null when it does not say.</summary>
    public bool? HasMore { get; init; }

    /// <summary>Why it cannot be had, in a sentence for people; null when it was.</summary>
    public string? Failure { get; init; }
}

/// <summary>The phone has not answered <see cref="WhatsAppClient.RequestHistoryAsync"/> in time. It may still do so when it is on again.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Chat">The chat.</param>
public sealed record HistoryUnanswered(string RequestId, Jid Chat) : ClientEvent;
