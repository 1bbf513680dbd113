using Microsoft.Extensions.Logging;
using Recado.Protocol.Binary;

namespace Recado.Client;

/// <summary>
/// Everything the client logs. Ids 2000–2099. No keys, tokens or message text; stanzas only at Trace, without their byte contents.
/// </summary>
internal static partial class ClientLog
{
    [LoggerMessage(2000, LogLevel.Trace, "Received {Stanza}")]
    public static partial void Received(ILogger logger, Node stanza);

    [LoggerMessage(2001, LogLevel.Debug, "Nobody waits for the answer {Id}.")]
    public static partial void UnexpectedAnswer(ILogger logger, string? id);

    [LoggerMessage(EventId = 2002, Message = "The service ended the stream: {Error}")]
    public static partial void StreamError(ILogger logger, LogLevel level, Node error);

    [LoggerMessage(2003, LogLevel.Debug, "The session is {State}. {Detail}")]
    public static partial void StateChanged(ILogger logger, SessionState state, string detail);

    [LoggerMessage(2004, LogLevel.Debug, "Connecting again in {Delay}.")]
    public static partial void Waiting(ILogger logger, TimeSpan delay);

    [LoggerMessage(2005, LogLevel.Error, "The connection ended by a fault of this library.")]
    public static partial void Fault(ILogger logger, Exception fault);

    [LoggerMessage(2006, LogLevel.Error, "The session's storage failed.")]
    public static partial void StoreFailed(ILogger logger, Exception cause);

    [LoggerMessage(2007, LogLevel.Warning, "The service broke the protocol: {Error}")]
    public static partial void ProtocolViolation(ILogger logger, string error);

    [LoggerMessage(2010, LogLevel.Warning, "Login step '{Step}' failed: {Error}")]
    public static partial void LoginStepFailed(ILogger logger, string step, string error);

    [LoggerMessage(2011, LogLevel.Debug, "Uploaded {Count} prekeys; the service had {Remaining}.")]
    public static partial void PreKeysUploaded(ILogger logger, int count, long remaining);

    [LoggerMessage(2012, LogLevel.Warning, "A follow-up task failed: {Error}")]
    public static partial void JobFailed(ILogger logger, string error);

    [LoggerMessage(2013, LogLevel.Warning, "Too many follow-up tasks; one '{Tag}' stanza is left for the next connection.")]
    public static partial void JobDropped(ILogger logger, string tag);

    [LoggerMessage(2020, LogLevel.Warning, "A '{Tag}' stanza cannot be understood: {Error}")]
    public static partial void StanzaRejected(ILogger logger, string tag, string error);

    [LoggerMessage(2021, LogLevel.Error, "A '{Tag}' stanza could not be handled.")]
    public static partial void StanzaFailed(ILogger logger, string tag, Exception fault);

    [LoggerMessage(2024, LogLevel.Debug, "A '{Tag}' stanza is not known here; ignored.")]
    public static partial void UnknownStanza(ILogger logger, string tag);

    [LoggerMessage(2022, LogLevel.Information, "Message {Id} cannot be decrypted ({Error}); attempt {Attempt}.")]
    public static partial void Undecryptable(ILogger logger, string id, string error, int attempt);

    [LoggerMessage(2023, LogLevel.Debug, "Message {Id} came again; it is settled once more.")]
    public static partial void Duplicate(ILogger logger, string id);

    [LoggerMessage(2025, LogLevel.Warning, "Message {Id} deletes what somebody else wrote, without the right to; ignored.")]
    public static partial void RevokeIgnored(ILogger logger, string id);

    [LoggerMessage(2030, LogLevel.Debug, "Message {Id} is queued for {Devices} devices.")]
    public static partial void Queued(ILogger logger, string id, int devices);

    [LoggerMessage(2031, LogLevel.Warning, "Message {Id} was refused with code {Code}.")]
    public static partial void Refused(ILogger logger, string id, int code);

    [LoggerMessage(2032, LogLevel.Information, "Message {Id} is encrypted again for a device that could not read it; attempt {Attempt}.")]
    public static partial void Resent(ILogger logger, string id, int attempt);

    [LoggerMessage(2040, LogLevel.Information, "History {Id} is read later: {Reason}")]
    public static partial void HistoryDelayed(ILogger logger, string id, string reason);

    [LoggerMessage(2041, LogLevel.Warning, "History {Id} cannot be read: {Reason}")]
    public static partial void HistoryFailed(ILogger logger, string id, string reason);

    [LoggerMessage(2042, LogLevel.Information, "The phone was asked for message {Id}.")]
    public static partial void PhoneAsked(ILogger logger, string id);

    [LoggerMessage(2050, LogLevel.Information, "Settings '{Collection}' are fetched later: {Reason}")]
    public static partial void AppStateDelayed(ILogger logger, string collection, string reason);

    [LoggerMessage(2051, LogLevel.Warning, "Settings '{Collection}' are broken: {Reason}")]
    public static partial void AppStateBroken(ILogger logger, string collection, string reason);

    [LoggerMessage(2052, LogLevel.Information, "Settings '{Collection}' wait for {Count} keys from the phone.")]
    public static partial void AppStateParked(ILogger logger, string collection, int count);

    [LoggerMessage(2053, LogLevel.Warning, "The phone was asked for the settings '{Collection}'.")]
    public static partial void AppStateRecoveryAsked(ILogger logger, string collection);

    [LoggerMessage(2033, LogLevel.Debug, "Of {Asked} devices {Missing} have no usable keys.")]
    public static partial void DevicesWithoutKeys(ILogger logger, int asked, int missing);
}
