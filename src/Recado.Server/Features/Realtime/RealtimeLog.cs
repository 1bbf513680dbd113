namespace Recado.Server.Features.Realtime;

/// <summary>WebSockets, ids 4070-4099.</summary>
internal static partial class RealtimeLog
{
    [LoggerMessage(4070, LogLevel.Debug, "A WebSocket of user {UserId} opened")]
    public static partial void Opened(this ILogger logger, Guid userId);

    [LoggerMessage(4071, LogLevel.Debug, "A WebSocket of user {UserId} closed: {Status} {Reason}")]
    public static partial void Closed(this ILogger logger, Guid userId, int status, string reason);

    [LoggerMessage(4072, LogLevel.Warning, "The command {Command} of a WebSocket failed")]
    public static partial void CommandFailed(this ILogger logger, Exception cause, string command);

    [LoggerMessage(4073, LogLevel.Warning, "A WebSocket of user {UserId} failed")]
    public static partial void SocketFailed(this ILogger logger, Exception cause, Guid userId);

    [LoggerMessage(4074, LogLevel.Information, "A WebSocket of user {UserId} reads too slowly and is closed")]
    public static partial void Slow(this ILogger logger, Guid userId);
}
