namespace Recado.Server.Features.Media;

/// <summary>Files, ids 3100-3119.</summary>
internal static partial class MediaLog
{
    [LoggerMessage(3100, LogLevel.Information, "Session {SessionId} fetches files later: {Reason}")]
    public static partial void FetchingPaused(this ILogger logger, Guid sessionId, string reason);

    [LoggerMessage(3101, LogLevel.Warning, "Session {SessionId} cannot fetch the file {MediaId}: {Reason}")]
    public static partial void FetchFailed(this ILogger logger, Guid sessionId, Guid mediaId, string reason);

    [LoggerMessage(3102, LogLevel.Warning, "{Program} could not be run to its end: {Reason}")]
    public static partial void ProgramFailed(this ILogger logger, string program, string reason);

    [LoggerMessage(3103, LogLevel.Warning, "Session {SessionId} could not upload a file: {Reason}")]
    public static partial void UploadFailed(this ILogger logger, Guid sessionId, string reason);
}
