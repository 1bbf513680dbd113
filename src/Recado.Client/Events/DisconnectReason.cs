namespace Recado.Client.Events;

/// <summary>Why a session is not connected. Stable; safe to store and to switch on.</summary>
public enum DisconnectReason
{
    /// <summary>Nobody scanned the QR codes before they ran out.</summary>
    QrTimeout,

    /// <summary>The linking was begun by the phone but failed a check, or the service refused it.</summary>
    PairingFailed,

    /// <summary>The phone wants a way of linking that is not supported (a passkey, or an old WhatsApp without linked devices).</summary>
    PairingUnsupported,

    /// <summary>Another connection with the same credentials took over.</summary>
    Replaced,

    /// <summary>The phone removed this device from its linked devices.</summary>
    DeviceRemoved,

    /// <summary><see cref="WhatsAppClient.LogoutAsync"/> was called.</summary>
    LoggedOutByUser,

    /// <summary>The service no longer knows this device.</summary>
    LoggedOut,

    /// <summary>The account is banned, for good or for a time.</summary>
    Banned,

    /// <summary>The announced WhatsApp Web version is too old.</summary>
    ClientOutdated,

    /// <summary>The service refused the login for a reason that a new attempt does not cure.</summary>
    Refused,

    /// <summary>The network failed or the service fell silent.</summary>
    ConnectionLost,

    /// <summary>The service asked for a new connection.</summary>
    ServerRestart,

    /// <summary>The service ended the stream with an error.</summary>
    StreamError,

    /// <summary>The service could not prove that it is WhatsApp.</summary>
    CertificateRejected,

    /// <summary>The service sent bytes that break the protocol.</summary>
    ProtocolViolation,

    /// <summary><see cref="WhatsAppClient.StopAsync"/> was called.</summary>
    StoppedByUser,

    /// <summary>The stored keys of this device cannot be read.</summary>
    DataBroken,

    /// <summary>The store failed.</summary>
    StorageFailed,

    /// <summary>A fault of this library; the log has the details.</summary>
    InternalError,
}
