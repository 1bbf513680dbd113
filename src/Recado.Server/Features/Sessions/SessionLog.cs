namespace Recado.Server.Features.Sessions;

/// <summary>What happens to sessions, ids 3000-3099. Ids and names are public once shipped: add, never renumber.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(3000, LogLevel.Information, "Session {SessionId} is {Status}, reason {ReasonCode}")]
    public static partial void StateChanged(this ILogger logger, Guid sessionId, string status, string reasonCode);

    [LoggerMessage(3001, LogLevel.Warning,
        "Session {SessionId} cannot save what it received ({Cause}); attempt {Attempt} follows in {Delay}. Nothing is acknowledged until then")]
    public static partial void CommitDelayed(this ILogger logger, Guid sessionId, string cause, int attempt, TimeSpan delay);

    [LoggerMessage(3002, LogLevel.Warning, "Session {SessionId} is owned by somebody else now; this owner wrote nothing more and closes its connection")]
    public static partial void Fenced(this ILogger logger, Guid sessionId);

    [LoggerMessage(3003, LogLevel.Error, "Session {SessionId} stopped after a fault; it is started again in a while")]
    public static partial void RunFailed(this ILogger logger, Exception cause, Guid sessionId);

    [LoggerMessage(3004, LogLevel.Error, "Session {SessionId} stays untouched: {Reason}")]
    public static partial void Unreadable(this ILogger logger, Guid sessionId, string reason);

    [LoggerMessage(3005, LogLevel.Information, "Bringing back {Count} session(s)")]
    public static partial void Resuming(this ILogger logger, int count);

    [LoggerMessage(3006, LogLevel.Warning, "Session {SessionId} could not be brought back; the next round tries again")]
    public static partial void ResumeFailed(this ILogger logger, Exception cause, Guid sessionId);

    [LoggerMessage(3007, LogLevel.Warning, "The round of upkeep failed; the next one tries again")]
    public static partial void UpkeepFailed(this ILogger logger, Exception cause);

    [LoggerMessage(3008, LogLevel.Warning, "{Path} is not used: {Cause}")]
    public static partial void VersionFileUnusable(this ILogger logger, string path, string cause);

    [LoggerMessage(3009, LogLevel.Information, "The WhatsApp Web version is {Version} now; {Count} session(s) that were too old try again")]
    public static partial void VersionChanged(this ILogger logger, string version, int count);

    [LoggerMessage(3010, LogLevel.Information, "Closing {Count} session(s)")]
    public static partial void Closing(this ILogger logger, int count);

    [LoggerMessage(3011, LogLevel.Warning, "Session {SessionId} did not close in time; what it had not acknowledged comes again after the next start")]
    public static partial void CloseTimedOut(this ILogger logger, Guid sessionId);

    [LoggerMessage(3012, LogLevel.Warning,
        "Session {SessionId} could not tell WhatsApp that it is unlinked; its keys are erased here, the phone may still list the device")]
    public static partial void LogoutUnheard(this ILogger logger, Guid sessionId);

    [LoggerMessage(3013, LogLevel.Warning, "Session {SessionId} could not be closed; what it had not acknowledged comes again after the next start")]
    public static partial void CloseFailed(this ILogger logger, Exception cause, Guid sessionId);

    [LoggerMessage(3014, LogLevel.Critical, "The supervisor of the sessions failed; the process ends")]
    public static partial void SupervisorFailed(this ILogger logger, Exception cause);

    [LoggerMessage(3015, LogLevel.Warning, "Session {SessionId} cannot read or write what waits to be sent ({Cause}); it tries again")]
    public static partial void QueuePaused(this ILogger logger, Guid sessionId, string cause);

    [LoggerMessage(3090, LogLevel.Warning, "Session {SessionId} cannot read its keys ({Reason}); next try in {Delay}")]
    public static partial void ReadDelayed(this ILogger logger, Guid sessionId, string reason, TimeSpan delay);
}
