using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Tells authors that their messages were read.</summary>
internal sealed class ReadMarks(OwnedSessions sessions, OwnedMessages messages, IChatStore chats, IGrainFactory grains)
{
    private const int MostPerReceipt = 256, PageSize = 1024;

    public async Task<Answer<MessageRow>> MarkMessageAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var found = await messages.FindAsync(userId, sessionId, messageId, ct);
        if (!found.IsGiven)
            return found;

        var row = found.Value;
        if (row.Direction != MessageDirections.Received)
            return Fields.Unprocessable("message_not_received", "Only received messages can be marked as read.");

        return await MarkAsync(sessionId, row.Chat, row.IsShared ? row.Author().ToString() : null, [row.WhatsAppId], ct)
            ? found
            : Problems.SessionNotConnected(SessionStates.Reconnecting);
    }

    /// <summary>Marks all that is unread in a chat: one receipt for many messages, and in a group one for each author.</summary>
    public async Task<Answer<ChatRow>> MarkChatAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct)
    {
        var session = await sessions.FindAsync(userId, sessionId, ct);
        if (!session.IsGiven)
            return session.Problem;
        if (await chats.FindAsync(userId, sessionId, ChatName.Of(chat), ct) is not { } found)
            return NoSuchChat();

        for (var left = found.UnreadCount; left > 0; left -= PageSize)
        {
            var unread = await chats.ListUnreadAsync(userId, sessionId, found.Chat, PageSize, ct);
            foreach (var byAuthor in unread.GroupBy(message => message.Author, message => message.WhatsAppId))
            {
                foreach (var ids in byAuthor.Chunk(MostPerReceipt))
                {
                    if (!await MarkAsync(sessionId, found.Chat, found.IsGroup || found.Chat == MessageRow.StatusFeed ? byAuthor.Key : null, ids, ct))
                        return Problems.SessionNotConnected(SessionStates.Reconnecting);
                }
            }
        }

        return found with { UnreadCount = 0 };
    }

    public static Microsoft.AspNetCore.Mvc.ProblemDetails NoSuchChat() =>
        Problems.Details(StatusCodes.Status404NotFound, "chat_not_found", "There is no such chat in this session.");

    private async Task<bool> MarkAsync(Guid sessionId, string chat, string? author, IReadOnlyList<string> ids, CancellationToken ct) =>
        await grains.Session(sessionId).MarkReadAsync(new MarkRead(chat, author, ids), ct) == SessionOutcome.Done;
}
