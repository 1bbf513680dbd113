using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class LiveLocationKind
{
    private const double FastestSpeed = 400; // metres per second; no phone moves faster

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var place = draft.Request.LiveLocation!;
        return place is { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180, Speed: >= 0 and <= FastestSpeed, Bearing: >= 0 and < 360 }
            && place is { AccuracyInMeters: >= 0, SequenceNumber: >= 0 } && Fields.Fits(place.Caption)
            ? new LiveLocationContent(place.Latitude.Value, place.Longitude.Value)
            {
                Caption = place.Caption,
                AccuracyInMeters = (uint)place.AccuracyInMeters,
                Speed = (float)place.Speed,
                Bearing = (uint)place.Bearing,
                SequenceNumber = place.SequenceNumber,
            }
            : Fields.Invalid(
                "live_location",
                "'live_location' needs a 'latitude' of -90 to 90 and a 'longitude' of -180 to 180; 'speed' is metres per second up to 400, 'bearing' 0 to 359, "
                + "and 'caption' has 4096 characters at most.");
    }
}

/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
/// <param name="Caption">The text below it.</param>
/// <param name="AccuracyInMeters">Radius of uncertainty.</param>
/// <param name="Speed">Metres per second.</param>
/// <param name="Bearing">Direction of movement, degrees clockwise from north.</param>
/// <param name="SequenceNumber">Rises with every later position that is sent.</param>
public sealed record LiveLocationRequest(
    double? Latitude, double? Longitude, string? Caption = null, int AccuracyInMeters = 0, double Speed = 0, int Bearing = 0, long SequenceNumber = 1);
