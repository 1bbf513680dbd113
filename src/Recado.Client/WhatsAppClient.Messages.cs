using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Sending;
using Recado.Protocol;
using Recado.Protocol.Messages;

namespace Recado.Client;

/// <summary>Messages.</summary>
public sealed partial class WhatsAppClient
{
    private const int ReceiptLimit = 256;

    /// <summary>
    /// Sends a message and returns when the service has taken it. Needs a reader of events: the message leaves when its
    /// <see cref="MessageQueued"/> has been acknowledged. After a cancellation the message may still leave; events tell.
    /// </summary>
    /// <exception cref="RequestTimeoutException">The service did not answer a question that had to come first; nothing was saved or
    /// sent.</exception>
    /// <exception cref="RequestRefusedException">The service refused such a question; nothing was saved or sent.</exception>
    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!message.To.IsPhoneNumber && !message.To.IsLid && !message.To.IsGroup)
            throw new ArgumentException("Messages can be sent to users, by phone number or LID, and to groups.", nameof(message));
        if (message.Content is BusinessContent)
            throw new ArgumentException("WhatsApp does not show menus, products, orders and payments of linked devices.", nameof(message));

        return _sender.SendAsync(message, ct);
    }

    /// <summary>
    /// Tells the author that messages were read, or only the account's own devices if it does not show to others what it reads.
    /// </summary>
    /// <param name="chat">The chat, by LID or phone number.</param>
    /// <param name="participant">The author within a group; null in a chat of two.</param>
    /// <param name="messageIds">Which messages.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task MarkReadAsync(Jid chat, Jid? participant, IReadOnlyList<string> messageIds, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(messageIds);
        return MarkReadCoreAsync(chat, participant, messageIds, ct);
    }

    private async Task MarkReadCoreAsync(Jid chat, Jid? participant, IReadOnlyList<string> messageIds, CancellationToken ct)
    {
        var connection = _live.Require();
        var isShown = await Profile.ShowsReadingAsync(ct).ConfigureAwait(false);
        using (var device = await _state.BeginNowAsync(ct).ConfigureAwait(false))
        {
            if (chat.IsGroup && participant is { } author)
                participant = await GroupNames.InAsync(device, author, chat, ct).ConfigureAwait(false);
            chat = await device.CanonicalAsync(chat, ct).ConfigureAwait(false);
        }

        foreach (var ids in messageIds.Chunk(ReceiptLimit))
            await connection
                .SendAsync(Stanzas.ReadReceipt(chat, participant?.ToUser(), ids, _options.Time.GetUtcNow(), isShown), ct)
                .ConfigureAwait(false);
    }
}
