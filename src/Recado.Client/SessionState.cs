namespace Recado.Client;

/// <summary>What a session is doing, as a user would say it.</summary>
public enum SessionState
{
    /// <summary>On the way to <see cref="Connected"/> for the first time, or waiting for a QR code to be scanned.</summary>
    Connecting,

    /// <summary>Logged in; messages can be sent and received.</summary>
    Connected,

    /// <summary>Was logged in before and comes back by itself.</summary>
    Reconnecting,

    /// <summary>At rest until somebody starts it again. A pairing, if there was one, is kept.</summary>
    Disconnected,

    /// <summary>Unlinked, by the phone or by us. All keys are erased; the next start shows a new QR code.</summary>
    LoggedOut,

    /// <summary>Stopped by something that will not go away by itself. The reason says what to do.</summary>
    Error,
}
