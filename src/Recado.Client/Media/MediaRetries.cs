using Recado.Client.Connection;
using Recado.Client.Pairing;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;

namespace Recado.Client.Media;

/// <summary>Asks the own phone to upload files again, and matches its answers. Thread-safe.</summary>
internal sealed class MediaRetries(LiveConnection live, OwnDevice own, ClientOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<Node>> _waiting = [];

    /// <summary>Asks for the file of a message, and waits for the answer.</summary>
    /// <returns>Where the file lies now.</returns>
    /// <exception cref="MediaException">The phone does not have the file, or has not answered in time.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task<string> RequestAsync(MessageTarget message, byte[] mediaKey, CancellationToken ct) =>
        RequestAsync(message.Id, phone => MediaRetry.Request(message, mediaKey, phone, options.Random), mediaKey, ct);

    /// <summary>Asks for a part of the history, and waits for the answer.</summary>
    /// <inheritdoc cref="RequestAsync(MessageTarget, byte[], CancellationToken)"/>
    public Task<string> RequestHistoryAsync(string notificationId, byte[] mediaKey, CancellationToken ct) =>
        RequestAsync(notificationId, phone => MediaRetry.RequestHistory(notificationId, mediaKey, phone, options.Random), mediaKey, ct);

    private async Task<string> RequestAsync(string id, Func<Jid, Node> makeRequest, byte[] mediaKey, CancellationToken ct)
    {
        var connection = live.Require();
        var phone = own.Paired.PhoneNumber ?? throw new ConnectionException("The session is not linked.");
        var (answer, isFirst) = Wait(id);
        try
        {
            if (isFirst)
                await connection.SendAsync(makeRequest(phone), ct).ConfigureAwait(false);

            var notification = await answer.WaitAsync(options.MediaRetryTimeout, options.Time, ct).ConfigureAwait(false);
            return MediaRetry.ParseAnswer(notification, mediaKey) switch
            {
                { Outcome: MediaRetryOutcome.Uploaded, DirectPath: { } path } => path,
                { Outcome: MediaRetryOutcome.NotFound } => throw new MediaException(
                    MediaError.NotOnPhone, "The file has expired at WhatsApp, and the phone does not have it any more."),
                var other => throw new MediaException(
                    MediaError.Gone, $"The file has expired at WhatsApp, and the phone could not upload it again ({other.Outcome})."),
            };
        }
        catch (TimeoutException)
        {
            throw new MediaException(
                MediaError.PhoneSilent, "The file has expired at WhatsApp, and the phone has not answered the request to upload it again.");
        }
        finally
        {
            lock (_lock)
            {
                if (_waiting.TryGetValue(id, out var waiter) && waiter.Task == answer)
                    _waiting.Remove(id);
            }
        }
    }

    /// <summary>Hands over an answer; of no interest when nobody waits for it.</summary>
    public void Complete(Node notification)
    {
        lock (_lock)
        {
            if (notification["id"] is { } id && _waiting.TryGetValue(id, out var waiter))
                waiter.TrySetResult(notification);
        }
    }

    private (Task<Node> Answer, bool IsFirst) Wait(string id)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(id, out var present))
                return (present.Task, false);

            var source = new TaskCompletionSource<Node>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(id, source);
            return (source.Task, true);
        }
    }
}
