namespace Recado.Server.Features.Media;

/// <summary>What a message says about its file.</summary>
/// <param name="MimeType">Its type.</param>
internal sealed record MediaFacts(string MimeType)
{
    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Width { get; init; }

    /// <summary>Pixels; 0 when unknown.</summary>
    public uint Height { get; init; }

    /// <summary>Length, at least 1 for what has one; 0 when unknown.</summary>
    public uint Seconds { get; init; }

    /// <summary>A small JPEG.</summary>
    public byte[]? Thumbnail { get; init; }

    /// <summary>64 loudnesses from 0 to 100.</summary>
    public byte[]? Waveform { get; init; }

    /// <summary>Whether a sticker moves.</summary>
    public bool IsAnimated { get; init; }
}
