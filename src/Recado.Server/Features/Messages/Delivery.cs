using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Groups;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Hands composed content to its session, and says in the API's words what became of it.</summary>
internal sealed class Delivery(IGrainFactory grains, IMessageStore messages)
{
    /// <param name="forms">The recipient's forms to try, in order.</param>
    /// <param name="messageId">The id to send under, or null for a new one.</param>
    /// <param name="waiting">How its row looks if it may wait; null when it may not.</param>
    /// <param name="explain">The problem that WhatsApp's code means for this content; null for what is said of any.</param>
    public async Task<Answer<SendReceipt>> SendAsync(
        Guid sessionId, IReadOnlyList<string> forms, MessageContent content, string? messageId, CancellationToken ct, WaitingHint? waiting = null,
        Func<int, ProblemDetails?>? explain = null)
    {
        return await grains.Session(sessionId).SendAsync(SendMessage.Of(forms, content) with { MessageId = messageId, Waiting = waiting }, ct) switch
        {
            SendOutcome.Queued queued => new SendReceipt(queued.MessageId, MessageStatuses.Queued, queued.Timestamp),
            SendOutcome.Sent sent => new SendReceipt(sent.MessageId, MessageStatuses.Sent, sent.Timestamp),
            SendOutcome.Refused refused when explain?.Invoke(refused.Code) is { } problem => problem,
            var outcome => ToProblem(outcome),
        };
    }

    /// <summary>What an earlier attempt at the same request has sent; null when it came to nothing.</summary>
    /// <param name="userId">Whose session it is.</param>
    /// <param name="sessionId">Which session.</param>
    /// <param name="messageId">The id that is reserved for the request, or null.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Answer<SendReceipt>?> FindAsync(Guid userId, Guid sessionId, string? messageId, CancellationToken ct)
    {
        if (messageId is null || await messages.FindSentAsync(userId, sessionId, messageId, ct) is not { } row)
            return null;

        return row.Status switch
        {
            MessageStatuses.Failed => Problems.Details(
                StatusCodes.Status502BadGateway, "message_failed",
                "The message of an earlier attempt at this request has failed: WhatsApp refused it, it waited too long, or it was taken back. Repeat the request to try anew."),
            MessageStatuses.Pending => ToProblem(new SendOutcome.NotAcknowledged(messageId)),
            MessageStatuses.Queued => new SendReceipt(messageId, MessageStatuses.Queued, row.Timestamp),
            _ => new SendReceipt(messageId, MessageStatuses.Sent, row.Timestamp),
        };
    }

    public static ProblemDetails ToProblem(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotFound => Problems.NoSuchSession(),
        SendOutcome.NotConnected down => Problems.SessionNotConnected(down.Status),
        SendOutcome.TooFast fast => Problems.Details(
            StatusCodes.Status429TooManyRequests, "sending_too_fast",
            "The session sends faster than its pace allows (SEND_RATE_PER_MINUTE). Try again later, or let the message wait with 'queue': true.").WithRetryAfter(fast.Wait),
        SendOutcome.QueueFull full => Problems.Details(
            StatusCodes.Status409Conflict, "queue_full", $"{full.Limit} messages wait in this session already, which is the limit (SEND_QUEUE_MAX)."),
        SendOutcome.InvalidRecipient => Problems.InvalidField("to", "'to' cannot be written to.", "invalid_recipient"),
        SendOutcome.NotOnWhatsApp => Fields.Unprocessable("recipient_not_on_whatsapp", "The number is not on WhatsApp."),
        SendOutcome.NotAMember or SendOutcome.Refused { Code: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden } =>
            GroupProblems.Of(StatusCodes.Status403Forbidden)!,
        SendOutcome.TargetUnknown => Fields.Unprocessable(
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
