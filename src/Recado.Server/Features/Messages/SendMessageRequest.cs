using System.Text.Json.Serialization;

namespace Recado.Server.Features.Messages;

/// <summary>
/// A message to send: either <c>message</c> with a text, or <c>type</c> and an object of that name. <c>type</c> may be left out when only
/// one such object is there.
/// </summary>
public sealed record SendMessageRequest
{
    /// <summary>A phone number in international form, in any punctuation, or a JID.</summary>
    public string? To { get; init; }

    /// <summary>The text of a plain text message.</summary>
    public string? Message { get; init; }

    /// <summary><c>text</c> (the default), <c>location</c>, <c>contacts</c>, <c>reaction</c>, <c>poll</c>, <c>poll_vote</c>, <c>event</c>,
    /// <c>event_response</c> or <c>pin</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The message that this one answers.</summary>
    public MessageReference? Context { get; init; }

    public TextRequest? Text { get; init; }

    public LocationRequest? Location { get; init; }

    public IReadOnlyList<ContactRequest>? Contacts { get; init; }

    public ReactionRequest? Reaction { get; init; }

    public PollRequest? Poll { get; init; }

    [JsonPropertyName("poll_vote")]
    public PollVoteRequest? PollVote { get; init; }

    public EventRequest? Event { get; init; }

    [JsonPropertyName("event_response")]
    public EventResponseRequest? EventResponse { get; init; }

    public PinRequest? Pin { get; init; }
}

/// <param name="MessageId">The id of a message of this session.</param>
public sealed record MessageReference(string? MessageId);

/// <param name="Body">The text, 1 to 65536 characters. A mention stands in it as <c>@</c> and the number.</param>
/// <param name="Mentions">Numbers or JIDs of those who are mentioned.</param>
public sealed record TextRequest(string? Body, IReadOnlyList<string>? Mentions = null);

/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
public sealed record LocationRequest(double? Latitude, double? Longitude, string? Name = null, string? Address = null, string? Url = null);

/// <param name="Name">The name on the card.</param>
/// <param name="Phones">The numbers on the card.</param>
/// <param name="Vcard">A whole card instead of <paramref name="Phones"/> (RFC 6350).</param>
public sealed record ContactRequest(ContactName? Name, IReadOnlyList<ContactPhone>? Phones = null, string? Vcard = null);

public sealed record ContactName([property: JsonPropertyName("formatted_name")] string? FormattedName);

/// <param name="Phone">The number as it is shown.</param>
/// <param name="WaId">The number at WhatsApp, digits only; by default the digits of <paramref name="Phone"/>.</param>
public sealed record ContactPhone(string? Phone, [property: JsonPropertyName("wa_id")] string? WaId = null);

/// <param name="Emoji">One emoji; empty takes the reaction back.</param>
public sealed record ReactionRequest(string? MessageId, string? Emoji);

/// <param name="Question">The question, 1 to 255 characters.</param>
/// <param name="Options">2 to 12 different options of 1 to 100 characters.</param>
/// <param name="SelectableCount">How many options one may choose; 0, the default, for any number.</param>
public sealed record PollRequest(string? Question, IReadOnlyList<string>? Options, int SelectableCount = 0);

/// <param name="Options">The chosen options of the poll; none takes the vote back.</param>
public sealed record PollVoteRequest(string? MessageId, IReadOnlyList<string>? Options);

/// <param name="Name">What the event is called, 1 to 100 characters.</param>
public sealed record EventRequest(
    string? Name, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt = null, string? Description = null, LocationRequest? Location = null,
    string? JoinLink = null, bool IsCanceled = false);

/// <param name="Answer"><c>going</c>, <c>not_going</c> or <c>maybe</c>.</param>
public sealed record EventResponseRequest(string? MessageId, string? Answer);

/// <param name="Pinned">False takes the pin off.</param>
/// <param name="Days">1, 7 (the default) or 30.</param>
public sealed record PinRequest(string? MessageId, bool Pinned = true, int Days = 7);

/// <param name="Text">The new text.</param>
public sealed record EditMessageRequest(TextRequest? Text);

/// <param name="Emoji">One emoji; empty takes the reaction back.</param>
public sealed record ReactRequest(string? Emoji);
