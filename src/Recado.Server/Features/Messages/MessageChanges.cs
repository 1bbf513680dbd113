using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Groups;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>What users do to messages that are there: edit, delete, react.</summary>
internal sealed class MessageChanges(OwnedMessages messages, Delivery delivery, IGrainFactory grains, TimeProvider time)
{
    /// <summary>WhatsApp takes no later edit.</summary>
    public static readonly TimeSpan EditWindow = TimeSpan.FromMinutes(15);

    /// <summary>Gives a message of our own another wording: a text its text, a file its caption.</summary>
    public async Task<Answer<SendReceipt>> EditAsync(
        Guid userId, Guid sessionId, string messageId, EditMessageRequest request, CancellationToken ct)
    {
        var found = await messages.FindAsync(userId, sessionId, messageId, ct);
        if (!found.IsGiven)
            return found.Problem;

        var row = found.Value;
        if (row.Direction != MessageDirections.Sent)
            return Fields.Unprocessable("message_not_own", "Only messages that this session has sent can be edited.");
        if (row.Status == MessageStatuses.Queued)
            return OwnedMessages.StillWaits();
        var old = StoredContents.Read(row.Content);
        if (old is not (TextContent or ImageContent or DocumentContent or VideoContent { Style: not VideoStyle.Note }))
            return Fields.Unprocessable("message_not_editable", $"Only texts and captions can be edited; this message is of type '{row.TypeOf()}'.");
        if (time.GetUtcNow() - row.Timestamp > EditWindow)
            return Fields.Unprocessable("edit_window_passed", "WhatsApp lets a message be edited for 15 minutes only.");

        var edited = Edited(old, row, request);
        return edited.IsGiven
            ? await delivery.SendAsync(sessionId, [row.Chat], new EditContent(row.ToTarget(), edited.Value), messageId: null, ct)
            : edited.Problem;
    }

    /// <summary>Deletes a message for everyone: takes back one that waits, or has WhatsApp delete one of our own, or in a group that we are an admin of, anybody's.</summary>
    public async Task<Answer<SendReceipt>> DeleteAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var found = await messages.FindAsync(userId, sessionId, messageId, ct);
        if (!found.IsGiven)
            return found.Problem;

        var row = found.Value;
        if (row.Status == MessageStatuses.Queued)
        {
            return await grains.Session(sessionId).CancelAsync(row.WhatsAppId, ct)
                ? new SendReceipt(row.WhatsAppId, "canceled", time.GetUtcNow())
                : Problems.Details(StatusCodes.Status409Conflict, "message_sending", "The message leaves at this moment. Delete it again when it is sent.");
        }

        if (row is { Direction: MessageDirections.Received, IsGroup: false })
            return Fields.Unprocessable("message_not_own", "Only messages that this session has sent can be deleted for everyone, and in groups, by an admin, those of others.");

        return await delivery.SendAsync(sessionId, [row.Chat], new RevokeContent(row.ToTarget()), messageId: null, ct, explain: row.IsGroup ? GroupProblems.Of : null);
    }

    /// <param name="userId">Whose session it is.</param>
    /// <param name="sessionId">Which session.</param>
    /// <param name="messageId">The message to react to.</param>
    /// <param name="emoji">One emoji, or empty.</param>
    /// <param name="reactionId">The id to send under, or null for a new one.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Answer<SendReceipt>> ReactAsync(
        Guid userId, Guid sessionId, string messageId, string? emoji, string? reactionId, CancellationToken ct)
    {
        if (await delivery.FindAsync(userId, sessionId, reactionId, ct) is { } earlier)
            return earlier;

        var found = await messages.FindAsync(userId, sessionId, messageId, ct);
        if (!found.IsGiven)
            return found.Problem;

        if (found.Value.Status == MessageStatuses.Queued)
            return OwnedMessages.StillWaits();

        var reaction = ReactionKind.Compose(emoji, found.Value, "emoji");
        return reaction.IsGiven ? await delivery.SendAsync(sessionId, [found.Value.Chat], reaction.Value, reactionId, ct) : reaction.Problem;
    }

    private static Answer<MessageContent> Edited(MessageContent old, MessageRow row, EditMessageRequest request)
    {
        if (old is TextContent)
        {
            return request is { Text: { } text, Caption: null }
                ? TextKind.Compose(text, row.IsGroup)
                : Problems.InvalidField("text", "'text' is missing: an object with the new 'body'. A text has no caption.", "content_missing");
        }

        if (request is not { Caption: { } caption, Text: null })
            return Problems.InvalidField("caption", "'caption' is missing: the new text below the file.", "content_missing");
        if (!Fields.Fits(caption))
            return Problems.InvalidField("caption", $"'caption' has {Fields.Longest} characters at most.", "invalid_caption");

        return old switch
        {
            ImageContent image => image with { Caption = caption },
            VideoContent video => video with { Caption = caption },
            DocumentContent document => document with { Caption = caption },
            _ => throw new ArgumentOutOfRangeException(nameof(old), old.GetType().Name, "This kind has no caption."),
        };
    }
}
