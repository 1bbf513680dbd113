using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class EventResponseKind
{
    public static Answer<MessageContent> Compose(Draft draft)
    {
        EventAnswer? answer = draft.Request.EventResponse!.Answer switch
        {
            "going" => EventAnswer.Going,
            "not_going" => EventAnswer.NotGoing,
            "maybe" => EventAnswer.Maybe,
            _ => null,
        };
        return draft.Target!.TypeOf() != "event" || answer is null
            ? Fields.Invalid("event_response", "'event_response' needs the 'messageId' of an event and an 'answer': going, not_going or maybe.")
            : new EventResponseContent(draft.Target!.ToTarget(), answer.Value);
    }
}

/// <param name="Answer"><c>going</c>, <c>not_going</c> or <c>maybe</c>.</param>
public sealed record EventResponseRequest(string? MessageId, string? Answer);
