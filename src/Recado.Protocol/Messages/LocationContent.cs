namespace Recado.Protocol.Messages;

/// <summary>A place.</summary>
/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
public sealed record LocationContent(double Latitude, double Longitude) : MessageContent
{
    /// <summary>The name of the place.</summary>
    public string? Name { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary>A page about it.</summary>
    public string? Url { get; init; }

    /// <summary>A text below it.</summary>
    public string? Comment { get; init; }

    /// <summary>A small JPEG of the map.</summary>
    public byte[]? Thumbnail { get; init; }
}

/// <summary>Where someone is, with updates to follow.</summary>
/// <param name="Latitude">Degrees, north positive.</param>
/// <param name="Longitude">Degrees, east positive.</param>
public sealed record LiveLocationContent(double Latitude, double Longitude) : MessageContent
{
    /// <summary>The text below it.</summary>
    public string? Caption { get; init; }

    /// <summary>Radius of uncertainty in metres; 0 when unknown.</summary>
    public uint AccuracyInMeters { get; init; }

    /// <summary>Metres per second; 0 when unknown.</summary>
    public float Speed { get; init; }

    /// <summary>Direction of movement in degrees clockwise from north.</summary>
    public uint Bearing { get; init; }

    /// <summary>Rises with every update.</summary>
    public long SequenceNumber { get; init; }

    /// <summary>Seconds since the sharing began.</summary>
    public uint TimeOffset { get; init; }

    /// <summary>A small JPEG of the map.</summary>
    public byte[]? Thumbnail { get; init; }
}
