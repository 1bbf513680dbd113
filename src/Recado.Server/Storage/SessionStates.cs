namespace Recado.Server.Storage;

/// <summary>The states of a session, as the API and the table spell them.</summary>
internal static class SessionStates
{
    public const string Connecting = "connecting";
    public const string Connected = "connected";
    public const string Reconnecting = "reconnecting";
    public const string Disconnected = "disconnected";
    public const string LoggedOut = "logged_out";
    public const string Error = "error";

    /// <summary>The states in which a session counts against its user's limit.</summary>
    public static IReadOnlyList<string> Running { get; } = [Connecting, Connected, Reconnecting];
}

/// <summary>Who wrote a message: the session's owner or the other side.</summary>
internal static class MessageDirections
{
    public const string Sent = "sent";
    public const string Received = "received";
}
