using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Finds the stored message that a request is about. Nothing of a session that the user does not own is found.</summary>
internal sealed class OwnedMessages(OwnedSessions sessions, IMessageStore messages)
{
    /// <summary>A message, whatever became of it, with its receipts.</summary>
    public async Task<Answer<MessageRow>> ReadAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var session = await sessions.FindAsync(userId, sessionId, ct);
        if (!session.IsGiven)
            return session.Problem;
        if (await messages.FindAsync(userId, sessionId, messageId, ct) is not { } row)
            return Problems.Details(StatusCodes.Status404NotFound, "message_not_found", "There is no such message in this session.");

        return row is { IsGroup: true, Direction: MessageDirections.Sent }
            ? row with { Receipts = await messages.ListReceiptsAsync(sessionId, row.WhatsAppId, ct) }
            : row;
    }

    /// <summary>Nobody but us knows a message that waits, so nothing can refer to it.</summary>
    public static ProblemDetails StillWaits() => Problems.Details(
        StatusCodes.Status409Conflict, "message_queued", "The message waits to be sent. Refer to it when it is sent, or delete it and send another one.");

    /// <summary>A message that has not been deleted.</summary>
    public async Task<Answer<MessageRow>> FindAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var found = await ReadAsync(userId, sessionId, messageId, ct);
        return found is { IsGiven: true, Value: var row } && row.TypeOf() == "deleted"
            ? Fields.Unprocessable("message_deleted", "The message has been deleted.")
            : found;
    }
}
