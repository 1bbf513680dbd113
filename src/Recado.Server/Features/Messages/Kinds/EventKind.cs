using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class EventKind
{
    private const int LongestName = 100;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var happening = draft.Request.Event!;
        var place = happening.Location is { } given ? LocationKind.Place(given) : null;
        return happening.Name is not { Length: > 0 and <= LongestName } || happening.StartsAt is null
            || happening.EndsAt < happening.StartsAt || !Fields.Fits(happening.Description) || !Fields.Fits(happening.JoinLink)
            || (happening.Location is not null && place is null)
            ? Fields.Invalid(
                "event", "'event' needs a 'name' of up to 100 characters and 'startsAt'; 'endsAt' may not lie before it, and 'location' must be a place.")
            : new EventContent(happening.Name, happening.StartsAt)
            {
                EndsAt = happening.EndsAt,
                Description = happening.Description,
                Location = place,
                JoinLink = happening.JoinLink,
                IsCanceled = happening.IsCanceled,
            };
    }
}

/// <param name="Name">What the event is called, 1 to 100 characters.</param>
public sealed record EventRequest(
    string? Name, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt = null, string? Description = null, LocationRequest? Location = null,
    string? JoinLink = null, bool IsCanceled = false);
