using Recado.Protocol;
using Recado.Protocol.Messages;

namespace Recado.Client;

/// <summary>What the phone remembers.</summary>
public sealed partial class WhatsAppClient
{
    private const int MaxHistoryCount = 500;

    /// <summary>
    /// Asks the phone for messages of a chat that are older than a known one. The answer arrives as <see cref="Events.HistoryReceived"/> and
    /// <see cref="Events.HistoryProgress"/>; a phone that is off gives <see cref="Events.HistoryUnanswered"/> after
    /// <see cref="ClientOptions.HistoryRequestTimeout"/>. One request per chat is under way at a time.
    /// </summary>
    /// <param name="chat">The chat: a user or a group.</param>
    /// <param name="oldest">The oldest message that is known.</param>
    /// <param name="oldestAt">When that was written.</param>
    /// <param name="count">How many messages, 1 to 500; the phone may give fewer.</param>
    /// <param name="ct">Gives up; once it has returned the request is on its way.</param>
    /// <exception cref="ConnectionException">The session is not connected, or its phone has no keys at the service.</exception>
    public Task<HistoryRequest> RequestHistoryAsync(Jid chat, MessageTarget oldest, DateTimeOffset oldestAt, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(oldest);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxHistoryCount);
        if (!chat.IsGroup && !chat.IsPhoneNumber && !chat.IsLid)
            throw new ArgumentException("Only chats with users and groups have a history.", nameof(chat));

        return _history.AskAsync(chat.ToUser(), oldest, oldestAt, count, ct);
    }
}

/// <summary>A request for older messages.</summary>
/// <param name="Id">Events about it name this.</param>
/// <param name="IsNew">False when one for the chat was under way already; then this is that one.</param>
public sealed record HistoryRequest(string Id, bool IsNew);
