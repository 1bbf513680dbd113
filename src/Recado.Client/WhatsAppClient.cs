using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client;

/// <summary>
/// One WhatsApp device: a linked companion and its connection. Thread-safe. Everything it learns and does leaves through one ordered stream of
/// batches, and nothing that depends on a batch reaches the network before the reader has acknowledged it, so that a crash at any instant
/// neither loses nor doubles a message.
/// </summary>
public sealed class WhatsAppClient : IAsyncDisposable
{
    /// <summary>Creates the client; <see cref="StartAsync"/> connects it.</summary>
    /// <param name="options">How to connect.</param>
    /// <param name="store">The device's records. One client at a time may use them.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    public WhatsAppClient(ClientOptions options, IDeviceStore store, ILoggerFactory? loggers = null) => throw new NotSupportedException();

    /// <summary>What the session is doing, as last published.</summary>
    public SessionState State => throw new NotSupportedException();

    /// <summary>Our own device by phone number; null until linked.</summary>
    public Jid? PhoneNumberJid => throw new NotSupportedException();

    /// <summary>Our own device by LID; null until linked.</summary>
    public Jid? LidJid => throw new NotSupportedException();

    /// <summary>
    /// Begins to connect and returns; events tell the rest. Without a pairing QR codes follow. Does nothing while the session runs.
    /// </summary>
    /// <exception cref="StoreException">The device's records cannot be read.</exception>
    public Task StartAsync(CancellationToken ct) => throw new NotSupportedException();

    /// <summary>
    /// Closes the connection and waits until the reader has acknowledged what was published, for a few seconds at most. The pairing is kept.
    /// Not to be awaited by the reader of events itself.
    /// </summary>
    public Task StopAsync(CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Unlinks the device and erases its keys. Without a pairing it only erases. Not to be awaited by the reader of events itself.</summary>
    /// <exception cref="ConnectionException">The session is linked but not connected, so the service cannot be told.</exception>
    public Task LogoutAsync(CancellationToken ct) => throw new NotSupportedException();

    /// <summary>
    /// The session's events with the changes to save, for exactly one reader at a time. Asking for the next batch acknowledges the previous one.
    /// A reader that leaves inside a batch has not acknowledged it; the next reader gets it again. Ends when the client is disposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public IAsyncEnumerable<EventBatch> ReadBatchesAsync(CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>
    /// The session's events one by one, for use without a database of one's own: changes go to the device store when the last event of their
    /// batch has been handled. Do not await <see cref="SendAsync"/> inside the loop: it completes only after the events before it.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public IAsyncEnumerable<ClientEvent> ReadEventsAsync(CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>
    /// Sends a message and returns when the service has taken it. Needs a reader of events: the message leaves when its
    /// <see cref="MessageQueued"/> has been acknowledged. After a cancellation the message may still leave; events tell.
    /// </summary>
    /// <exception cref="RequestTimeoutException">The service did not answer a question that had to come first; nothing was saved or sent.</exception>
    /// <exception cref="RequestRefusedException">The service refused such a question; nothing was saved or sent.</exception>
    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Tells the author that messages were read.</summary>
    /// <param name="chat">The chat, by LID or phone number.</param>
    /// <param name="participant">The author within a group; null in a chat of two.</param>
    /// <param name="messageIds">Which messages.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task MarkReadAsync(Jid chat, Jid? participant, IReadOnlyList<string> messageIds, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>The JID of a phone number in international form, any punctuation, as WhatsApp knows it; null when it has no WhatsApp.</summary>
    /// <exception cref="ArgumentException">The text has fewer than 7 digits, more than 15, or begins with 0.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task<Jid?> ResolveAsync(string phoneNumber, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Closes the connection and ends the stream of events after what has been published.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
