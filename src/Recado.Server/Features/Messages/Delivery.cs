using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Groups;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages;

/// <summary>Hands composed content to its session, and says in the API's words what became of it.</summary>
internal sealed class Delivery(IGrainFactory grains)
{
    /// <param name="forms">The recipient's forms to try, in order.</param>
    /// <param name="explain">The problem that WhatsApp's code means for this content; null for what is said of any.</param>
    public async Task<Answer<SendOutcome.Sent>> SendAsync(
        Guid sessionId, IReadOnlyList<string> forms, MessageContent content, CancellationToken ct, Func<int, ProblemDetails?>? explain = null)
    {
        SendOutcome outcome = new SendOutcome.NotOnWhatsApp();
        foreach (var form in forms)
        {
            outcome = await grains.Session(sessionId).SendAsync(SendMessage.Of(form, content), ct);
            if (outcome is not SendOutcome.NotOnWhatsApp)
                break; // nothing was sent to a form that WhatsApp does not know
        }

        return outcome switch
        {
            SendOutcome.Sent sent => sent,
            SendOutcome.Refused refused when explain?.Invoke(refused.Code) is { } problem => problem,
            _ => ToProblem(outcome),
        };
    }

    public static ProblemDetails ToProblem(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotFound => Problems.NoSuchSession(),
        SendOutcome.NotConnected down => Problems.SessionNotConnected(down.Status),
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
