using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.History;

/// <summary>How far an own message has come, as the phone knows it.</summary>
public enum HistoryStatusKind
{
    /// <summary>It was not sent.</summary>
    Failed = 0,

    /// <summary>It waits.</summary>
    Pending = 1,

    /// <summary>The service has it.</summary>
    Sent = 2,

    /// <summary>The recipient has it.</summary>
    Delivered = 3,

    /// <summary>The recipient has read it.</summary>
    Read = 4,

    /// <summary>The recipient has played it.</summary>
    Played = 5,
}

/// <summary>A message of the past.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Chat">The chat.</param>
/// <param name="FromMe">Whether it was written here.</param>
/// <param name="Content">What it says; null for notices such as "Ana left", which have a <see cref="StubType"/>.</param>
public sealed record HistoryMessage(string Id, Jid Chat, bool FromMe, MessageContent? Content)
{
    /// <summary>Who wrote it, within groups and broadcasts.</summary>
    public Jid? Author { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>How far it has come.</summary>
    public HistoryStatusKind? Status { get; init; }

    /// <summary>The name its author had given themselves.</summary>
    public string? PushName { get; init; }

    /// <summary>Whether it has a star.</summary>
    public bool IsStarred { get; init; }

    /// <summary>Which notice it is; 0 for none.</summary>
    public int StubType { get; init; }

    /// <summary>What the notice is about.</summary>
    public IReadOnlyList<string> StubParameters { get; init; } = [];

    /// <summary>The secret by which votes and the like on it are read.</summary>
    public byte[]? Secret { get; init; }

    /// <summary>The reactions to it; the target of each is the reaction itself, which tells its author.</summary>
    public IReadOnlyList<ReactionContent> Reactions { get; init; } = [];

    /// <summary>The votes in it, when it is a poll; the poll of each is the vote itself, which tells its author.</summary>
    public IReadOnlyList<PollVoteContent> Votes { get; init; } = [];

    /// <summary>The answers to it, when it is an event; the event of each is the answer itself, which tells its author.</summary>
    public IReadOnlyList<EventResponseContent> Answers { get; init; } = [];

    /// <summary>Reads a message as the phone stores it; also the answer to a request for one.</summary>
    /// <exception cref="ProtocolException">The bytes are no stored message, or name neither id nor chat
    /// (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static HistoryMessage Parse(ReadOnlySpan<byte> webMessageInfo) =>
        (Protobuf.TryParse(WebMessageInfo.Parser, webMessageInfo) is { } info ? From(info) : null)
        ?? throw ProtocolException.MalformedPayload("The stored message is not a valid one.");

    /// <summary>Null without id or chat.</summary>
    internal static HistoryMessage? From(WebMessageInfo? info)
    {
        if (info?.Key is not { Id.Length: > 0 } key || key.RemoteJid.ToJid() is not { } chat)
            return null;

        return new(key.Id, chat, key.FromMe, info.Message is { } message ? MessageContentMapper.FromProto(message) : null)
        {
            Author = (info.Participant.OrNull() ?? key.Participant.OrNull())?.ToJid(),
            Timestamp = UnixTime.FromSeconds((long)Math.Min(info.MessageTimestamp, long.MaxValue)),
            Status = info.HasStatus ? (HistoryStatusKind)info.Status : null,
            PushName = info.PushName.OrNull(),
            IsStarred = info.Starred,
            StubType = info.MessageStubType,
            StubParameters = [.. info.MessageStubParameters],
            Secret = info.MessageSecret.OrNull() ?? info.Message?.MessageContextInfo?.MessageSecret.OrNull(),
            Reactions = [.. info.Reactions.Select(Reaction).OfType<ReactionContent>()],
            Votes = [.. info.PollUpdates.Select(Vote).OfType<PollVoteContent>()],
            Answers = [.. info.EventResponses.Select(Answer).OfType<EventResponseContent>()],
        };
    }

    /// <summary>The key of a stored reaction is that of the reaction itself.</summary>
    private static ReactionContent? Reaction(ReactionMessage reaction) => reaction.Key.ToTarget() is { } key
        ? new(key, reaction.Text, UnixTime.FromMilliseconds(reaction.SenderTimestampMs))
        : null;

    private static PollVoteContent? Vote(PollUpdate vote) => vote.PollUpdateMessageKey.ToTarget() is { } key
        ? new(key, [.. vote.Vote?.SelectedOptions.Select(hash => hash.ToByteArray()) ?? []], UnixTime.FromMilliseconds(vote.SenderTimestampMs))
        : null;

    private static EventResponseContent? Answer(EventResponse answer) =>
        answer.EventResponseMessageKey.ToTarget() is { } key && answer.EventResponseMessage is { } response
            ? new(
                key,
                (EventAnswer)response.Response,
                UnixTime.FromMilliseconds(response.HasTimestampMs ? response.TimestampMs : answer.TimestampMs),
                response.ExtraGuestCount)
            : null;
}
