using System.Text.Json.Serialization;
using Recado.Server.Features.Messages.Kinds;

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

    /// <summary>The kind, by the name of its member below; <c>text</c> is the default.</summary>
    public string? Type { get; init; }

    /// <summary>
    /// Whether the message may wait when it cannot be sent now, because the session is not connected or sends too fast. It is answered with 202 then,
    /// and the event <c>message_status</c> tells what becomes of it. Files are uploaded at once, for which the session must be connected.
    /// </summary>
    public bool? Queue { get; init; }

    /// <summary>The message that this one answers.</summary>
    public MessageReference? Context { get; init; }

    public TextRequest? Text { get; init; }

    public MediaRequest? Image { get; init; }

    public MediaRequest? Video { get; init; }

    public MediaRequest? Gif { get; init; }

    [JsonPropertyName("video_note")]
    public MediaRequest? VideoNote { get; init; }

    public MediaRequest? Audio { get; init; }

    public MediaRequest? Voice { get; init; }

    public MediaRequest? Document { get; init; }

    public MediaRequest? Sticker { get; init; }

    public LocationRequest? Location { get; init; }

    [JsonPropertyName("live_location")]
    public LiveLocationRequest? LiveLocation { get; init; }

    public IReadOnlyList<ContactRequest>? Contacts { get; init; }

    public ReactionRequest? Reaction { get; init; }

    public PollRequest? Poll { get; init; }

    [JsonPropertyName("poll_vote")]
    public PollVoteRequest? PollVote { get; init; }

    public EventRequest? Event { get; init; }

    [JsonPropertyName("event_response")]
    public EventResponseRequest? EventResponse { get; init; }

    public PinRequest? Pin { get; init; }

    public KeepRequest? Keep { get; init; }

    public ForwardRequest? Forward { get; init; }

    [JsonPropertyName("group_invite")]
    public GroupInviteRequest? GroupInvite { get; init; }

    [JsonPropertyName("disappearing_timer")]
    public DisappearingTimerRequest? DisappearingTimer { get; init; }
}

/// <param name="MessageId">The id of a message of this session.</param>
public sealed record MessageReference(string? MessageId);

/// <param name="Text">The new text of a text.</param>
/// <param name="Caption">The new text below an image, video or document.</param>
public sealed record EditMessageRequest(TextRequest? Text = null, string? Caption = null);

/// <param name="Emoji">One emoji; empty takes the reaction back.</param>
public sealed record ReactRequest(string? Emoji);
