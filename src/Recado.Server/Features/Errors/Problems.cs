using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Recado.Server.Storage;

namespace Recado.Server.Features.Errors;

/// <summary>
/// Every error answer of the API: RFC 9457 problem details with <c>code</c>, which is stable, and <c>error</c>, the sentence that the
/// original's clients read.
/// </summary>
internal static class Problems
{
    private const string RetryAfter = "retryAfter";

    public static ProblemDetails InvalidField(string field, string sentence, string code = ErrorCodes.InvalidInput) =>
        InvalidFields(sentence, new() { [field] = [sentence] }, code);

    public static HttpValidationProblemDetails InvalidFields(
        string sentence, Dictionary<string, string[]> errors, string code = ErrorCodes.InvalidInput)
    {
        var problem = new HttpValidationProblemDetails(errors) { Status = StatusCodes.Status400BadRequest, Detail = sentence };
        problem.Extensions["code"] = code;
        Complete(problem);
        return problem;
    }

    /// <summary>One answer for what is absent and for what is another user's, so that nobody learns which.</summary>
    public static ProblemDetails NoSuchSession() =>
        Details(StatusCodes.Status404NotFound, "session_not_found", "There is no such session among yours.");

    public static ProblemDetails SessionNotConnected(string status) => status == SessionStates.LoggedOut
        ? Details(StatusCodes.Status409Conflict, "session_logged_out", "The session is logged out. Connect it and scan the new QR code.")
        : Details(StatusCodes.Status409Conflict, "session_not_connected", $"The session is not connected; its status is '{status}'.");

    /// <summary>WhatsApp's own code goes along as <c>whatsappCode</c>.</summary>
    /// <param name="what">What it refused, within a sentence.</param>
    public static ProblemDetails RefusedByWhatsApp(int code, string what)
    {
        var problem = code == StatusCodes.Status429TooManyRequests
            ? Details(code, "whatsapp_rate_limited", "WhatsApp asks this account to slow down. Wait some minutes before asking again.")
            : Details(StatusCodes.Status502BadGateway, "refused_by_whatsapp", $"WhatsApp refused {what} with code {code}.");
        problem.Extensions["whatsappCode"] = code;
        return problem;
    }

    public static ProblemDetails Stopping() =>
        Details(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The server is stopping. Try again shortly.");

    public static ProblemHttpResult Result(int status, string code, string sentence) => Details(status, code, sentence).ToResult();

    public static ProblemHttpResult ToResult(this ProblemDetails problem) => TypedResults.Problem(problem);

    /// <summary>Says when to try again: as the header <c>Retry-After</c>, and over a WebSocket as <c>retryAfter</c>, in seconds.</summary>
    public static ProblemDetails WithRetryAfter(this ProblemDetails problem, TimeSpan wait)
    {
        problem.Extensions[RetryAfter] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return problem;
    }

    public static long? RetryAfterOf(ProblemDetails problem) => problem.Extensions.TryGetValue(RetryAfter, out var seconds) ? (long?)seconds : null;

    public static string CodeOf(ProblemDetails problem) => (string)problem.Extensions["code"]!;

    public static ProblemDetails Details(int status, string code, string sentence)
    {
        var problem = new ProblemDetails { Status = status, Detail = sentence };
        problem.Extensions["code"] = code;
        return Complete(problem);
    }

    /// <summary>Fills in what a problem made by the framework lacks.</summary>
    public static ProblemDetails Complete(ProblemDetails problem)
    {
        var status = problem.Status ??= StatusCodes.Status500InternalServerError;
        problem.Type = "about:blank"; // RFC 9457 §4.2.1: the title is the status phrase, 'code' says the rest
        problem.Title = ReasonPhrases.GetReasonPhrase(status);
        problem.Detail ??= Sentence(status);
        problem.Extensions.TryAdd("code", Code(status));
        problem.Extensions["error"] = problem.Detail;
        return problem;
    }

    private static string Code(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ErrorCodes.InvalidInput,
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthorized,
        StatusCodes.Status404NotFound => ErrorCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
        StatusCodes.Status406NotAcceptable => "not_acceptable",
        StatusCodes.Status408RequestTimeout => "request_timeout",
        StatusCodes.Status413PayloadTooLarge => ErrorCodes.TooLarge,
        StatusCodes.Status415UnsupportedMediaType => ErrorCodes.UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => ErrorCodes.TooManyRequests,
        StatusCodes.Status503ServiceUnavailable => ErrorCodes.Unavailable,
        StatusCodes.Status504GatewayTimeout => ErrorCodes.NoAnswer,
        < 500 => "bad_request",
        _ => ErrorCodes.Internal,
    };

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status404NotFound => "Nothing is served at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take that method.",
        StatusCodes.Status408RequestTimeout => "The body came too slowly.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than the server takes. Upload files by POST /api/sessions/{id}/media and send them by their id.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as JSON, with the header 'Content-Type: application/json'.",
        StatusCodes.Status503ServiceUnavailable => "The server cannot answer at the moment. Try again shortly.",
        >= 500 => "The server failed to answer. The failure is in its log.",
        _ => $"{ReasonPhrases.GetReasonPhrase(status)}.",
    };
}

/// <summary>The stable codes that more than one place uses.</summary>
internal static class ErrorCodes
{
    public const string InvalidInput = "invalid_input";
    public const string InvalidJson = "invalid_json";
    public const string Unauthorized = "unauthorized";
    public const string ForbiddenForApiKeys = "forbidden_for_api_keys";
    public const string MissingScope = "missing_scope";
    public const string NotFound = "not_found";
    public const string TooLarge = "too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string TooManyRequests = "too_many_requests";
    public const string Unavailable = "unavailable";
    public const string AuthUnavailable = "auth_unavailable";
    public const string DatabaseUnavailable = "database_unavailable";
    public const string NoAnswer = "no_answer";
    public const string Internal = "internal_error";
}
