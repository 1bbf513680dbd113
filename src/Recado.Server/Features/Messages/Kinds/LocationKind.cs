using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class LocationKind
{
    public static Answer<MessageContent> Compose(Draft draft) => Place(draft.Request.Location!) is { } content
        ? content
        : Fields.Invalid(
            "location", "'location' needs a 'latitude' of -90 to 90 and a 'longitude' of -180 to 180; its texts have 4096 characters at most.");

    /// <summary>The place, or null when there is none on earth.</summary>
    public static LocationContent? Place(LocationRequest place) =>
        place is { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 }
        && Fields.Fits(place.Name) && Fields.Fits(place.Address) && Fields.Fits(place.Url)
            ? new LocationContent(place.Latitude.Value, place.Longitude.Value) { Name = place.Name, Address = place.Address, Url = place.Url }
            : null;
}

/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
public sealed record LocationRequest(double? Latitude, double? Longitude, string? Name = null, string? Address = null, string? Url = null);
