using Microsoft.Extensions.Logging;

namespace Recado.Simulator.Service;

/// <summary>Events of the simulator, ids 5000-5099.</summary>
internal static partial class SimulatorLog
{
    [LoggerMessage(6000, LogLevel.Information, "The simulated service listens at {Url}")]
    public static partial void Listening(this ILogger logger, Uri url);

    [LoggerMessage(6001, LogLevel.Warning,
        "The simulated service listens on {Host}: everyone who reaches this machine can read its phones' messages and send in their name")]
    public static partial void ListeningToTheNetwork(this ILogger logger, string host);

    [LoggerMessage(6002, LogLevel.Debug, "Connection {Connection} was cut")]
    public static partial void ConnectionCut(this ILogger logger, Exception cause, string connection);

    [LoggerMessage(6003, LogLevel.Error, "The state of the simulated service could not be written to {File}; it is tried again with the next change")]
    public static partial void StateNotWritten(this ILogger logger, Exception cause, string file);

    [LoggerMessage(6004, LogLevel.Debug, "A request without WhatsApp's Origin was refused")]
    public static partial void OriginRefused(this ILogger logger);
}
