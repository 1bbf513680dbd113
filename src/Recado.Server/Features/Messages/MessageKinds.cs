using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages;

/// <summary>Every kind that can be sent, and which one a request asks for.</summary>
internal sealed class MessageKinds(TextKind text, MediaMessages media, ForwardKind forward)
{
    private static readonly string[] NotShown = ["buttons", "list", "template", "interactive"];

    private readonly MessageKind[] _kinds =
    [
        new("text", request => request.Text, text.ComposeAsync),
        .. SendableKind.All.Select(kind => new MessageKind(
            kind.Name, request => MediaComposer.Of(request, kind.Name), (draft, ct) => media.ComposeAsync(kind, draft, ct))),
        new("location", request => request.Location, LocationKind.Compose),
        new("live_location", request => request.LiveLocation, LiveLocationKind.Compose),
        new("contacts", request => request.Contacts, ContactsKind.Compose),
        new("reaction", request => request.Reaction, ReactionKind.Compose) { TargetOf = request => request.Reaction?.MessageId },
        new("poll", request => request.Poll, PollKind.Compose),
        new("poll_vote", request => request.PollVote, PollVoteKind.Compose) { TargetOf = request => request.PollVote?.MessageId },
        new("event", request => request.Event, EventKind.Compose),
        new("event_response", request => request.EventResponse, EventResponseKind.Compose) { TargetOf = request => request.EventResponse?.MessageId },
        new("pin", request => request.Pin, PinKind.Compose) { TargetOf = request => request.Pin?.MessageId },
        new("keep", request => request.Keep, KeepKind.Compose) { TargetOf = request => request.Keep?.MessageId },
        new("forward", request => request.Forward, forward.ComposeAsync) { TargetOf = request => request.Forward?.MessageId, IsOfAnyChat = true },
        new("group_invite", request => request.GroupInvite, GroupInviteKind.Compose),
        new("disappearing_timer", request => request.DisappearingTimer, DisappearingTimerKind.Compose),
    ];

    /// <summary>What <c>type</c> may be.</summary>
    public IEnumerable<string> Types => _kinds.Select(kind => kind.Type);

    /// <summary>The kind that a request asks for; <c>message</c> alone is a text.</summary>
    public Answer<MessageKind> Of(SendMessageRequest request)
    {
        MessageKind[] given = [.. _kinds.Where(kind => kind.Part(request) is not null)];
        if (NotShown.Contains(request.Type))
        {
            return Problems.Details(
                StatusCodes.Status422UnprocessableEntity, "message_type_not_shown",
                "WhatsApp does not show buttons and lists that come from a linked device. Send a 'poll', or a text with numbered choices.");
        }

        if (request.Type is { } type)
        {
            if (Array.Find(_kinds, kind => kind.Type == type) is not { } named)
                return Problems.InvalidField("type", $"'type' must be one of: {string.Join(", ", Types)}.", "message_type_not_available");

            if (Array.Find(given, kind => kind != named) is { } other)
                return Problems.InvalidField(other.Type, $"The message is of type '{type}'; leave the other kinds out.", "ambiguous_message");
            if (given.Length == 0 && !(type == "text" && request.Message is not null))
                return Problems.InvalidField(type, $"'{type}' is missing: the object that says what to send.", "content_missing");
            return named;
        }

        return given switch
        {
            [] => _kinds[0],
            [var only] => only,
            _ => Problems.InvalidField(given[1].Type, "The message has several kinds. Send one message for each.", "ambiguous_message"),
        };
    }
}
