using Recado.Protocol;

namespace Recado.Client.Media;

/// <summary>Why a file could not be transferred.</summary>
public enum MediaError
{
    /// <summary>No media host could be reached, or none had an answer.</summary>
    Unreachable,

    /// <summary>The media hosts refused the transfer.</summary>
    Refused,

    /// <summary>The media hosts do not have the file (any more); the phone may.</summary>
    Gone,

    /// <summary>The phone does not have the file either.</summary>
    NotOnPhone,

    /// <summary>The phone has not answered in time, which it does not while it is off.</summary>
    PhoneSilent,

    /// <summary>What was served is not the file that the message describes.</summary>
    Damaged,

    /// <summary>The file is larger than the caller accepts.</summary>
    TooLarge,

    /// <summary>The message says too little to find or to read the file.</summary>
    Incomplete,
}

/// <summary>A file could not be transferred.</summary>
public sealed class MediaException : RecadoException
{
    internal MediaException(MediaError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Stable code; safe to switch on.</summary>
    public MediaError Error { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Error is MediaError.Unreachable or MediaError.PhoneSilent;
}
