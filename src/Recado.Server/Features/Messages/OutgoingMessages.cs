using Microsoft.AspNetCore.Mvc;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Sends messages for users, through either door.</summary>
internal sealed class OutgoingMessages(OwnedSessions sessions, IMessageStore messages, IChatStore chats, MessageKinds kinds, Delivery delivery)
{
    public const string ToIsMissing = "'to' is missing. Give a phone number in international form or a JID.";
    public const string MessageIsNoText = "'message' must be a text of 1 to 65536 characters.";

    /// <param name="messageId">The id to send under; what was sent under it already is not sent again. Null for a new one.</param>
    public async Task<Answer<SendReceipt>> SendAsync(AuthenticatedUser caller, Guid sessionId, SendMessageRequest request, string? messageId, CancellationToken ct)
    {
        var userId = caller.Id;
        if (await delivery.FindAsync(userId, sessionId, messageId, ct) is { } earlier)
            return earlier;
        if (string.IsNullOrEmpty(request.To))
            return Problems.InvalidField("to", ToIsMissing);

        var asked = kinds.Of(request);
        if (!asked.IsGiven)
            return asked.Problem;

        var found = await sessions.FindAsync(userId, sessionId, ct);
        if (!found.IsGiven)
            return found.Problem;

        var (recipient, fault) = Recipient.Parse(request.To);
        if (recipient is null)
            return Problems.InvalidField("to", fault!, "invalid_recipient");

        var kind = asked.Value;
        MessageRow? target = null;
        if (kind.TargetOf is { } targetOf)
        {
            target = targetOf(request) is { } targetId ? await messages.FindAsync(userId, sessionId, targetId, ct) : null;
            if (target is null)
                return NoSuchTarget(kind.Type);
            if (target.Status == MessageStatuses.Queued)
                return OwnedMessages.StillWaits();
            if (!kind.IsOfAnyChat && !IsWith(target, recipient))
                return Problems.InvalidField(kind.Type, "The message it is about is in another chat than 'to'.", "message_in_other_chat");
        }

        var content = await kind.ComposeAsync(new Draft(caller, sessionId, recipient, request, target), ct);
        if (!content.IsGiven)
            return content.Problem;

        var composed = content.Value;
        if (request.Context is { } context)
        {
            if (context.MessageId is null || await messages.FindAsync(userId, sessionId, context.MessageId, ct) is not { } quoted)
                return NoSuchTarget("context");
            if (quoted.Status == MessageStatuses.Queued)
                return OwnedMessages.StillWaits();
            if (target is not null || !CanDisappear(composed))
                return Problems.InvalidField("context", $"A message of type '{kind.Type}' cannot be a reply.", "reply_not_possible");

            var quote = Quotes.Of(quoted, found.Value);
            if (!IsWith(quoted, recipient))
                quote = quote with { Chat = Jid.Parse(quoted.Chat) };
            composed = composed with { Context = (composed.Context ?? new()) with { Quote = quote } };
        }

        var chat = await FindChatAsync(userId, sessionId, recipient, ct);
        var waiting = request.Queue == true ? new WaitingHint(chat?.Chat ?? ChatName.Of(recipient.Forms[0]), recipient.IsGroup) : null;
        return await delivery.SendAsync(sessionId, recipient.Forms, WithTimer(composed, chat), messageId, ct, waiting);
    }

    private async Task<ChatRow?> FindChatAsync(Guid userId, Guid sessionId, Recipient recipient, CancellationToken ct)
    {
        foreach (var form in recipient.Forms)
        {
            if (await chats.FindAsync(userId, sessionId, ChatName.Of(form), ct) is { } chat)
                return chat;
        }

        return null;
    }

    /// <summary>In a chat whose messages disappear, each says so itself.</summary>
    private static MessageContent WithTimer(MessageContent content, ChatRow? chat) =>
        CanDisappear(content) && chat is { DisappearingSeconds: > 0 and var seconds }
            ? content with
            {
                Context = (content.Context ?? new()) with { Expiration = TimeSpan.FromSeconds(seconds), ExpirationSetAt = chat.DisappearingSetAt },
            }
            : content;

    private static bool CanDisappear(MessageContent content) =>
        content is TextContent or MediaContent or LocationContent or LiveLocationContent or ContactsContent or GroupInviteContent or PollContent or EventContent;

    /// <summary>Whether a message belongs to the chat with this recipient. In a group, phone number and LID are those of its author.</summary>
    private static bool IsWith(MessageRow row, Recipient recipient) =>
        recipient.Forms.Any(form => ChatName.Of(form) == row.Chat || (!row.IsGroup && (form == row.Lid || form == row.PhoneNumber)));

    private static ProblemDetails NoSuchTarget(string field) =>
        Problems.InvalidField(field, $"'{field}.messageId' names no message of this session.", "message_not_found");
}
