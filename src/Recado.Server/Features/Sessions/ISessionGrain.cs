namespace Recado.Server.Features.Sessions;

/// <summary>The one owner of a session's connection. Key: session id. Whoever calls has checked that the user owns the session.</summary>
[Alias("recado.session")]
internal interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Connects: the first time and after a logout with QR codes, otherwise with the pairing. Does nothing on a session that already runs.
    /// Returns when the attempt has begun; the outcome arrives as events.
    /// </summary>
    [Alias("connect")]
    Task<SessionOutcome> ConnectAsync(CancellationToken ct);

    /// <summary>Closes the connection; state <c>disconnected</c>; keeps the pairing.</summary>
    [Alias("disconnect")]
    Task<SessionOutcome> DisconnectAsync(CancellationToken ct);

    /// <summary>Unlinks from the phone if it can be reached, erases the keys; state <c>logged_out</c>.</summary>
    [Alias("logout")]
    Task<SessionOutcome> LogoutAsync(CancellationToken ct);

    /// <summary>Logs out, then removes the row, its messages and its events.</summary>
    [Alias("purge")]
    Task<SessionOutcome> PurgeAsync(CancellationToken ct);

    /// <summary>Sends a message and waits for WhatsApp's answer; one that may wait, waits instead when it cannot be sent now.</summary>
    [Alias("send"), ResponseTimeout("00:02:00")]
    Task<SendOutcome> SendAsync(SendMessage command, CancellationToken ct);

    /// <summary>Takes back a message that waits to be sent.</summary>
    /// <returns>False when it does not wait any more.</returns>
    [Alias("cancel")]
    Task<bool> CancelAsync(string messageId, CancellationToken ct);

    /// <summary>Gives up messages that have waited too long. For the supervisor.</summary>
    [Alias("expire-queue")]
    Task ExpireQueueAsync(CancellationToken ct);

    /// <summary>Uploads a file of the store to WhatsApp; a large one takes its time.</summary>
    [Alias("upload"), ResponseTimeout("00:30:00")]
    Task<UploadOutcome> UploadAsync(UploadMedia command, CancellationToken ct);

    /// <summary>Marks received messages as read, for the sender to see.</summary>
    [Alias("mark-read")]
    Task<SessionOutcome> MarkReadAsync(MarkRead command, CancellationToken ct);

    /// <summary>Lets the session's client carry out a request and waits for what comes of it.</summary>
    [Alias("ask"), ResponseTimeout("00:02:00")]
    Task<ClientOutcome<T>> AskAsync<T>(ClientRequest<T> request, CancellationToken ct)
        where T : class;

    /// <summary>Fetches the files of messages that somebody has asked for, as soon as the session is connected.</summary>
    [Alias("fetch-media")]
    Task FetchMediaAsync();

    /// <summary>State and, while one waits to be scanned, the QR code.</summary>
    [Alias("status")]
    Task<SessionStatus> GetStatusAsync(CancellationToken ct);

    /// <summary>Connects a session that ought to run, whatever the limit says. For the supervisor.</summary>
    [Alias("resume")]
    Task<SessionOutcome> ResumeAsync(CancellationToken ct);

    /// <summary>Closes the connection and leaves the row as it is, so that the next start brings the session back. For the supervisor.</summary>
    [Alias("suspend")]
    Task SuspendAsync(CancellationToken ct);
}

internal static class SessionGrains
{
    /// <summary>The owner of session <paramref name="sessionId"/>.</summary>
    public static ISessionGrain Session(this IGrainFactory grains, Guid sessionId) =>
        grains.GetGrain<ISessionGrain>(sessionId.ToString("D"));
}
