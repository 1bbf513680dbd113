using System.Security.Cryptography;
using System.Text;

namespace Recado.Protocol.Messages;

/// <summary>A poll. Votes are encrypted with the secret of this message.</summary>
/// <param name="Question">The question.</param>
/// <param name="Options">The options, 2 to 12; their names are told apart by their hashes, so each may occur once.</param>
/// <param name="SelectableCount">How many options one may choose; 0 for any number.</param>
public sealed record PollContent(string Question, IReadOnlyList<string> Options, uint SelectableCount = 0) : MessageContent
{
    /// <summary>Whether it is for the announcement group of a community.</summary>
    public bool IsForAnnouncements { get; init; }

    /// <summary>When voting ends.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Whether voters stay unnamed.</summary>
    public bool HidesVoters { get; init; }

    /// <summary>Whether voters may add options.</summary>
    public bool AllowsNewOptions { get; init; }

    /// <summary>By what a vote names an option: the SHA-256 of its UTF-8 text.</summary>
    public static byte[] HashOf(string option) => SHA256.HashData(Encoding.UTF8.GetBytes(option));
}

/// <summary>A vote. The newest one of a person counts.</summary>
/// <param name="Poll">The poll.</param>
/// <param name="OptionHashes">The chosen options, by <see cref="PollContent.HashOf"/>; empty when the vote is taken back.</param>
/// <param name="At">When.</param>
public sealed record PollVoteContent(MessageTarget Poll, IReadOnlyList<byte[]> OptionHashes, DateTimeOffset? At = null) : MessageContent
{
    /// <summary>The chosen options in words, as far as the poll is known; a vote itself carries hashes only.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>A vote for these options.</summary>
    public static PollVoteContent For(MessageTarget poll, IReadOnlyList<string> options, DateTimeOffset? at = null) =>
        new(poll, [.. options.Select(PollContent.HashOf)], at) { Options = options };

    /// <summary>The chosen ones among <paramref name="options"/>, in their order.</summary>
    public IEnumerable<string> Choices(IEnumerable<string> options) =>
        options.Where(option => OptionHashes.Any(hash => hash.AsSpan().SequenceEqual(PollContent.HashOf(option))));
}

/// <summary>Somebody adds an option to a poll that allows it.</summary>
/// <param name="Poll">The poll.</param>
/// <param name="Option">The option.</param>
public sealed record PollOptionContent(MessageTarget Poll, string Option) : MessageContent;

/// <summary>An event. Answers are encrypted with the secret of this message.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="StartsAt">When it begins.</param>
public sealed record EventContent(string Name, DateTimeOffset? StartsAt) : MessageContent
{
    /// <summary>What it is about.</summary>
    public string? Description { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Where it is.</summary>
    public LocationContent? Location { get; init; }

    /// <summary>The link of a call.</summary>
    public string? JoinLink { get; init; }

    /// <summary>Whether it is called off.</summary>
    public bool IsCanceled { get; init; }

    /// <summary>Whether guests may bring others.</summary>
    public bool AllowsGuests { get; init; }
}

/// <summary>What someone answers to an event.</summary>
public enum EventAnswer
{
    /// <summary>Neither of the others.</summary>
    Unknown = 0,

    /// <summary>Will come.</summary>
    Going = 1,

    /// <summary>Will not come.</summary>
    NotGoing = 2,

    /// <summary>May come.</summary>
    Maybe = 3,
}

/// <summary>An answer to an event. The newest one of a person counts.</summary>
/// <param name="Event">The event.</param>
/// <param name="Answer">The answer.</param>
/// <param name="At">When.</param>
/// <param name="ExtraGuests">How many come along.</param>
public sealed record EventResponseContent(MessageTarget Event, EventAnswer Answer, DateTimeOffset? At = null, int ExtraGuests = 0)
    : MessageContent;
