using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Groups;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Sends messages for users, and what they say about messages, through either door.</summary>
internal sealed class OutgoingMessages(
    OwnedSessions sessions, IMessageStore messages, MessageKinds kinds, IGrainFactory grains, TimeProvider time)
{
    public const string ToIsMissing = "'to' is missing. Give a phone number in international form or a JID.";
    public const string MessageIsNoText = "'message' must be a text of 1 to 65536 characters.";

    /// <summary>WhatsApp takes no later edit.</summary>
    public static readonly TimeSpan EditWindow = TimeSpan.FromMinutes(15);

    public async Task<Answer<SendOutcome.Sent>> SendAsync(Guid userId, Guid sessionId, SendMessageRequest request, CancellationToken ct)
    {
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
            if (!IsWith(target, recipient))
                return Problems.InvalidField(kind.Type, "The message it is about is in another chat than 'to'.", "message_in_other_chat");
        }

        var content = await kind.ComposeAsync(new Draft(userId, sessionId, recipient, request, target), ct);
        if (!content.IsGiven)
            return content.Problem;

        var composed = content.Value;
        if (request.Context is { } context)
        {
            if (context.MessageId is null || await messages.FindAsync(userId, sessionId, context.MessageId, ct) is not { } quoted)
                return NoSuchTarget("context");
            if (target is not null)
                return Problems.InvalidField("context", $"A message of type '{kind.Type}' cannot be a reply.", "reply_not_possible");

            var quote = Quotes.Of(quoted, found.Value);
            if (!IsWith(quoted, recipient))
                quote = quote with { Chat = Jid.Parse(quoted.Chat) };
            composed = composed with { Context = (composed.Context ?? new()) with { Quote = quote } };
        }

        return await SendAsync(sessionId, recipient.Forms, composed, ct);
    }

    /// <summary>Gives a text of our own another wording.</summary>
    public async Task<Answer<SendOutcome.Sent>> EditAsync(
        Guid userId, Guid sessionId, string messageId, EditMessageRequest request, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, messageId, MessageDirections.Sent, ct);
        if (!found.IsGiven)
            return found.Problem;

        var row = found.Value;
        if (row.Content.GetProperty("type").GetString() != "text")
            return Unprocessable("message_not_editable", "Only texts can be edited.");
        if (time.GetUtcNow() - row.Timestamp > EditWindow)
            return Unprocessable("edit_window_passed", "WhatsApp lets a message be edited for 15 minutes only.");
        if (request.Text is null)
            return Problems.InvalidField("text", "'text' is missing: an object with the new 'body'.", "content_missing");

        var text = TextKind.Compose(request.Text);
        return text.IsGiven
            ? await SendAsync(sessionId, [row.Chat], new EditContent(row.ToTarget(), text.Value), ct)
            : text.Problem;
    }

    /// <summary>Deletes a message of our own for everyone.</summary>
    public async Task<Answer<SendOutcome.Sent>> DeleteAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, messageId, MessageDirections.Sent, ct);
        return found.IsGiven
            ? await SendAsync(sessionId, [found.Value.Chat], new RevokeContent(found.Value.ToTarget()), ct)
            : found.Problem;
    }

    public async Task<Answer<SendOutcome.Sent>> ReactAsync(Guid userId, Guid sessionId, string messageId, string? emoji, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, messageId, direction: null, ct);
        if (!found.IsGiven)
            return found.Problem;

        var reaction = ReactionKind.Compose(emoji, found.Value, "emoji");
        return reaction.IsGiven ? await SendAsync(sessionId, [found.Value.Chat], reaction.Value, ct) : reaction.Problem;
    }

    /// <summary>Tells the author that a message was read.</summary>
    public async Task<Answer<MessageRow>> ReadAsync(Guid userId, Guid sessionId, string messageId, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, messageId, MessageDirections.Received, ct);
        if (!found.IsGiven)
            return found;

        var row = found.Value;
        var command = new MarkRead(row.Chat, row.IsGroup ? row.Lid ?? row.Sender : null, [row.WhatsAppId]);
        return await grains.Session(sessionId).MarkReadAsync(command, ct) == SessionOutcome.Done
            ? found
            : Problems.SessionNotConnected(SessionStates.Reconnecting);
    }

    private async Task<Answer<MessageRow>> FindAsync(Guid userId, Guid sessionId, string messageId, string? direction, CancellationToken ct)
    {
        var session = await sessions.FindAsync(userId, sessionId, ct);
        if (!session.IsGiven)
            return session.Problem;
        if (await messages.FindAsync(userId, sessionId, messageId, ct) is not { } row)
            return Problems.Details(StatusCodes.Status404NotFound, "message_not_found", "There is no such message in this session.");
        if (row.Content.GetProperty("type").GetString() == "deleted")
            return Unprocessable("message_deleted", "The message has been deleted.");
        if (direction is null || row.Direction == direction)
            return row;

        return direction == MessageDirections.Sent
            ? Unprocessable("message_not_own", "Only messages that this session has sent can be changed.")
            : Unprocessable("message_not_received", "Only received messages can be marked as read.");
    }

    private async Task<Answer<SendOutcome.Sent>> SendAsync(Guid sessionId, IReadOnlyList<string> forms, MessageContent content, CancellationToken ct)
    {
        SendOutcome outcome = new SendOutcome.NotOnWhatsApp();
        foreach (var form in forms)
        {
            outcome = await grains.Session(sessionId).SendAsync(SendMessage.Of(form, content), ct);
            if (outcome is not SendOutcome.NotOnWhatsApp)
                break; // nothing was sent to a form that WhatsApp does not know
        }

        return outcome is SendOutcome.Sent sent ? sent : ToProblem(outcome);
    }

    private static bool IsWith(MessageRow row, Recipient recipient) =>
        recipient.Forms.Any(form => form == row.Chat || form == row.Lid || form == row.PhoneNumber || $"{form}@{JidServer.PhoneNumber}" == row.Chat);

    private static ProblemDetails NoSuchTarget(string field) =>
        Problems.InvalidField(field, $"'{field}.messageId' names no message of this session.", "message_not_found");

    private static ProblemDetails Unprocessable(string code, string sentence) =>
        Problems.Details(StatusCodes.Status422UnprocessableEntity, code, sentence);

    public static ProblemDetails ToProblem(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotFound => Problems.NoSuchSession(),
        SendOutcome.NotConnected down => Problems.SessionNotConnected(down.Status),
        SendOutcome.InvalidRecipient => Problems.InvalidField("to", "'to' cannot be written to.", "invalid_recipient"),
        SendOutcome.NotOnWhatsApp => Unprocessable("recipient_not_on_whatsapp", "The number is not on WhatsApp."),
        SendOutcome.NotAMember or SendOutcome.Refused { Code: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden } =>
            GroupProblems.Of(StatusCodes.Status403Forbidden)!,
        SendOutcome.TargetUnknown => Unprocessable(
            "message_not_answerable", "The message was received before this device was linked, or too long ago: what answers it cannot be encrypted."),
        SendOutcome.NoAnswer => Problems.Details(
            StatusCodes.Status504GatewayTimeout, ErrorCodes.NoAnswer, "WhatsApp has not answered in time. Nothing was sent."),
        SendOutcome.Refused refused => Refused(refused),
        SendOutcome.NotAcknowledged waiting => NotAcknowledged(waiting),
        _ => throw new UnreachableException($"Unknown outcome {outcome.GetType().Name}."),
    };

    private static ProblemDetails Refused(SendOutcome.Refused refused)
    {
        var problem = Problems.RefusedByWhatsApp(refused.Code, "the message");
        if (refused.MessageId is { } id)
            problem.Extensions["messageId"] = id;
        return problem;
    }

    private static ProblemDetails NotAcknowledged(SendOutcome.NotAcknowledged waiting)
    {
        var problem = Problems.Details(
            StatusCodes.Status504GatewayTimeout, ErrorCodes.NoAnswer,
            "WhatsApp has not confirmed the message in time. It is stored and goes out by itself; do not send it again.");
        problem.Extensions["messageId"] = waiting.MessageId;
        return problem;
    }
}
