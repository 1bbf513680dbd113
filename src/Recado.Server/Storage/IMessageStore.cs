namespace Recado.Server.Storage;

/// <summary>Reads the messages of a user. Only a session's owner writes them (<see cref="ISessionJournal"/>).</summary>
internal interface IMessageStore
{
    /// <summary>One page, newest first.</summary>
    Task<MessagePage> ListAsync(MessageQuery query, CancellationToken ct);

    /// <summary>The oldest message of a chat, by JID.</summary>
    Task<MessageRow?> FindOldestAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct);

    /// <summary>A message that is about no other one, by its <c>whatsapp_id</c> or the id of its row.</summary>
    Task<MessageRow?> FindAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct);

    /// <summary>A message that the session has sent, or is about to, by its <c>whatsapp_id</c>; also one that is about another.</summary>
    Task<MessageRow?> FindSentAsync(Guid userId, Guid sessionId, string whatsAppId, CancellationToken ct);

    /// <summary>How far a message to a group has come with its members, in the order in which they were heard of last.</summary>
    Task<IReadOnlyList<MessageReceipt>> ListReceiptsAsync(Guid sessionId, string whatsAppId, CancellationToken ct);
}

/// <summary>Which messages to read.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="Before">Where the page before this one ended.</param>
/// <param name="Chat">JID of the chat, by LID or by phone number.</param>
/// <param name="Direction">One of <see cref="MessageDirections"/>.</param>
/// <param name="About">The messages about this one (a <c>whatsapp_id</c>) instead of those about none.</param>
/// <param name="Text">Part of the text, in any case for ASCII letters.</param>
internal sealed record MessageQuery(
    Guid UserId, Guid SessionId, int Limit = 50, RowCursor? Before = null, string? Chat = null, string? Direction = null, string? Text = null,
    string? About = null);

/// <param name="Next">Cursor of the following page, or null on the last one.</param>
internal sealed record MessagePage(IReadOnlyList<MessageRow> Messages, RowCursor? Next);
