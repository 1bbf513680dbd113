namespace Recado.Server.Features.Messages.Kinds;

/// <summary>A file to send. Exactly one of <c>link</c>, <c>id</c> and <c>data</c> says which.</summary>
public sealed record MediaRequest
{
    internal const int LongestName = 255;

    /// <summary>An http:// or https:// address on the public Internet, fetched by the server.</summary>
    public string? Link { get; init; }

    /// <summary>The id of a file that was uploaded or received.</summary>
    public string? Id { get; init; }

    /// <summary>The file in Base64, as far as a request has room for it (1 MiB); upload what is larger and give its <c>id</c>.</summary>
    public string? Data { get; init; }

    /// <summary>The text below an image, video, GIF or document; up to 4096 characters.</summary>
    public string? Caption { get; init; }

    /// <summary>The name of a document.</summary>
    public string? FileName { get; init; }

    /// <summary>The type of a document whose content does not tell it.</summary>
    public string? MimeType { get; init; }

    /// <summary>Whether an image, video or sound may be opened only once.</summary>
    public bool ViewOnce { get; init; }

    /// <summary>The length of a sound or video, for where the server cannot find it out.</summary>
    public uint? Seconds { get; init; }
}
