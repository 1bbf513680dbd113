namespace Recado.Server.Features.Outbound;

/// <summary>Why a link gave nothing.</summary>
internal enum LinkError
{
    /// <summary>It may not be followed: no web address, or one in a private network.</summary>
    Forbidden,

    /// <summary>There was no answer, not in time, or none that helps.</summary>
    Unreachable,

    /// <summary>The answer is larger than what was asked for may be.</summary>
    TooLarge,

    /// <summary>The answer ended before its announced length.</summary>
    Truncated,
}

/// <summary>A link could not be fetched. The message is a sentence for the user who named it.</summary>
internal sealed class LinkException(LinkError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public LinkError Error { get; } = error;
}
