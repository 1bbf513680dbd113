using Recado.Client.Events;
using Recado.Protocol.Binary;

namespace Recado.Client.Connection;

/// <summary>What to do when a connection has ended.</summary>
internal enum NextStep
{
    /// <summary>Connect again: the service asked for it. No wait, unless it asks all the time.</summary>
    ReconnectNow,

    /// <summary>Connect again after a while.</summary>
    ReconnectLater,

    /// <summary>Stay away until somebody starts the session again.</summary>
    Stop,

    /// <summary>Stay away and erase the keys: this device is no longer linked.</summary>
    StopAndErase,
}

/// <summary>Why a connection ended, and what follows.</summary>
internal sealed record Verdict(NextStep Next, SessionState State, DisconnectReason Reason, string Detail)
{
    public const string UpdateAdvice =
        "Set a newer WhatsApp Web version (setting WHATSAPP_VERSION or the client's version source) and start the session; no restart is needed.";

    public static Verdict Lost(string what) =>
        new(
            NextStep.ReconnectLater,
            SessionState.Reconnecting,
            DisconnectReason.ConnectionLost,
            $"{what.TrimEnd('.')}. The session tries again by itself.");

    public static Verdict StoppedByUser { get; } =
        new(
            NextStep.Stop,
            SessionState.Disconnected,
            DisconnectReason.StoppedByUser,
            "The session was stopped. Its pairing is kept; start it to connect again.");

    public static Verdict LoggedOutByUser { get; } =
        new(
            NextStep.StopAndErase,
            SessionState.LoggedOut,
            DisconnectReason.LoggedOutByUser,
            "The session was logged out. Start it to link it again with a new QR code.");

    public static Verdict QrTimeout { get; } =
        new(
            NextStep.Stop,
            SessionState.Disconnected,
            DisconnectReason.QrTimeout,
            "Nobody scanned the QR code in time. Start the session again for a new one.");

    public static Verdict PairingFailed(string detail) => new(NextStep.Stop, SessionState.Error, DisconnectReason.PairingFailed, detail);

    /// <summary>The service answered the login with <c>failure</c>.</summary>
    public static Verdict OfFailure(Node failure)
    {
        var reason = failure.NumberOf("reason") ?? 500;
        return reason switch
        {
            401 => Unlinked(DisconnectReason.LoggedOut, "WhatsApp no longer knows this device. Link it again with a new QR code."),
            403 => Unlinked(
                DisconnectReason.Banned,
                Told(
                    failure,
                    "WhatsApp has locked or banned this account, or its phone is gone. Check WhatsApp on the phone, then link again.")),
            406 => Unlinked(DisconnectReason.Banned, Told(failure, "WhatsApp has banned this account. Check WhatsApp on the phone.")),
            402 => Stop(DisconnectReason.Banned, TemporaryBan(failure)),
            405 => Stop(DisconnectReason.ClientOutdated, $"WhatsApp refuses the announced WhatsApp Web version as too old. {UpdateAdvice}"),
            409 => Stop(
                DisconnectReason.Refused,
                "WhatsApp refuses how this client presents itself (409, bad user agent). Check the device profile and the WhatsApp Web version."
            ),
            500 or 503 => new(
                NextStep.ReconnectLater,
                SessionState.Reconnecting,
                DisconnectReason.ServerRestart,
                $"WhatsApp is unavailable for the moment ({reason}). The session comes back by itself."),
            _ => Stop(DisconnectReason.Refused, $"WhatsApp refused the login with code {reason}. Start the session to try again."),
        };
    }

    /// <summary>The service ended an open stream with <c>stream:error</c>.</summary>
    public static Verdict OfStreamError(Node error)
    {
        var code = error.NumberOf("code");
        return (code, error.Child("conflict")?["type"]) switch
        {
            (_, "replaced") => new(
                NextStep.Stop,
                SessionState.Disconnected,
                DisconnectReason.Replaced,
                "Another connection with the same pairing took over. Stop the other one, then start this session again."),
            (_, "device_removed") => Unlinked(
                DisconnectReason.DeviceRemoved,
                "The phone removed this device from its linked devices. Link it again with a new QR code."),
            (515, _) => new(
                NextStep.ReconnectNow,
                SessionState.Reconnecting,
                DisconnectReason.ServerRestart,
                "WhatsApp asked for a new connection."),
            (503, _) => new(
                NextStep.ReconnectLater,
                SessionState.Reconnecting,
                DisconnectReason.ServerRestart,
                "WhatsApp restarts. The session comes back by itself."),
            _ => new(
                NextStep.ReconnectLater,
                SessionState.Reconnecting,
                DisconnectReason.StreamError,
                $"WhatsApp ended the connection with an error ({code?.ToString() ?? FirstChild(error)}). The session comes back by itself."
            ),
        };
    }

    private static string FirstChild(Node error) => error.Children is [var child, ..] ? child.Tag : "no code";

    private static Verdict Unlinked(DisconnectReason reason, string detail) =>
        new(NextStep.StopAndErase, SessionState.LoggedOut, reason, detail);

    private static Verdict Stop(DisconnectReason reason, string detail) => new(NextStep.Stop, SessionState.Error, reason, detail);

    private static string Told(Node failure, string otherwise) =>
        (failure["logout_message_header"], failure["logout_message_subtext"]) switch
        {
            ({ } header, { } subtext) => $"{otherwise} WhatsApp says: {header}. {subtext}",
            ({ } header, null) => $"{otherwise} WhatsApp says: {header}.",
            _ => otherwise,
        };

    private static string TemporaryBan(Node failure)
    {
        var why = failure.NumberOf("code") switch
        {
            101 => "too many messages to people who do not know the sender",
            102 => "blocked by too many people",
            103 => "too many groups with people who do not know the sender",
            104 => "the same message sent too often",
            106 => "misuse of broadcast lists",
            { } code => $"code {code}",
            null => "no reason given",
        };
        var wait = failure.NumberOf("expire") is { } seconds and > 0
            ? $" It ends in {TimeSpan.FromSeconds(seconds):g}; start the session again then."
            : "";
        return $"WhatsApp has banned this account for a time: {why}.{wait}";
    }
}
