namespace Recado.Server.Features.Auth;

/// <summary>Authentication, ids 4000-4049. No token and no claim is ever logged.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(4000, LogLevel.Warning, "The key set {Address} cannot be fetched; keys fetched earlier go on counting: {Known}")]
    public static partial void KeySetUnavailable(this ILogger logger, Exception cause, Uri address, bool known);

    [LoggerMessage(4001, LogLevel.Warning, "{Address} gave no answer about a token")]
    public static partial void UserCheckFailed(this ILogger logger, Exception cause, Uri address);
}
