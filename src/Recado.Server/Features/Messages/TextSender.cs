using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages;

/// <summary>Sends texts for users, through either door.</summary>
internal sealed class TextSender(OwnedSessions sessions, IGrainFactory grains)
{
    /// <summary>WhatsApp's own limit.</summary>
    public const int LongestText = 65_536;

    public const string ToIsMissing = "'to' is missing. Give a phone number in international form or a JID.";
    public const string MessageIsNoText = "'message' must be a text of 1 to 65536 characters.";

    public async Task<Answer<SendOutcome.Sent>> SendAsync(Guid userId, Guid sessionId, string? to, string? text, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(to))
            return Problems.InvalidField("to", ToIsMissing);

        if (string.IsNullOrEmpty(text) || text.Length > LongestText)
            return Problems.InvalidField("message", MessageIsNoText);

        var found = await sessions.FindAsync(userId, sessionId, ct);
        if (!found.IsGiven)
            return found.Problem;

        var (recipient, fault) = Recipient.Parse(to);
        if (recipient is null)
            return Problems.InvalidField("to", fault!, "invalid_recipient");

        SendOutcome outcome = new SendOutcome.NotOnWhatsApp();
        foreach (var form in recipient.Forms)
        {
            outcome = await grains.Session(sessionId).SendTextAsync(new SendText(form, text), ct);
            if (outcome is not SendOutcome.NotOnWhatsApp)
                break; // nothing was sent to a form that WhatsApp does not know
        }

        return outcome is SendOutcome.Sent sent ? sent : ToProblem(outcome);
    }

    private static ProblemDetails ToProblem(SendOutcome outcome) => outcome switch
    {
        SendOutcome.NotFound => Problems.NoSuchSession(),
        SendOutcome.NotConnected down => Problems.SessionNotConnected(down.Status),
        SendOutcome.InvalidRecipient => Problems.InvalidField("to", "'to' cannot be written to.", "invalid_recipient"),
        SendOutcome.NotOnWhatsApp => Problems.Details(
            StatusCodes.Status422UnprocessableEntity, "recipient_not_on_whatsapp", "The number is not on WhatsApp."),
        SendOutcome.NoAnswer => Problems.Details(
            StatusCodes.Status504GatewayTimeout, ErrorCodes.NoAnswer, "WhatsApp has not answered in time. Nothing was sent."),
        SendOutcome.Refused refused => Refused(refused),
        SendOutcome.NotAcknowledged waiting => NotAcknowledged(waiting),
        _ => throw new UnreachableException($"Unknown outcome {outcome.GetType().Name}."),
    };

    private static ProblemDetails Refused(SendOutcome.Refused refused)
    {
        var problem = Problems.Details(
            StatusCodes.Status502BadGateway, "refused_by_whatsapp", $"WhatsApp refused the message with code {refused.Code}.");
        problem.Extensions["whatsappCode"] = refused.Code;
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
