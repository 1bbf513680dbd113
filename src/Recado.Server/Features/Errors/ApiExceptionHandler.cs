using System.Data.Common;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Orleans.Runtime;
using Recado.Server.Features.Media;
using Recado.Server.Storage;

namespace Recado.Server.Features.Errors;

/// <summary>Turns what an endpoint threw into a problem. Only <see cref="ErrorCodes.Internal"/> is a bug of ours, and only it is logged as an error.</summary>
internal sealed class ApiExceptionHandler(ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            return true; // nobody is left to answer

        var problem = ToProblem(exception);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
            Log(exception, problem, context.Request);

        await TypedResults.Problem(problem).ExecuteAsync(context);
        return true;
    }

    /// <summary>For both doors, REST and WebSocket.</summary>
    public static ProblemDetails ToProblem(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } => MalformedJson(json),
        BadHttpRequestException bad when bad.StatusCode is StatusCodes.Status400BadRequest =>
            Problems.Details(bad.StatusCode, ErrorCodes.InvalidInput, "The request cannot be read: a parameter or the body is missing or malformed."),
        BadHttpRequestException bad => Problems.Complete(new ProblemDetails { Status = bad.StatusCode }),
        StorageException { IsUserGone: true } => Problems.Details(
            StatusCodes.Status401Unauthorized, "user_deleted", "The token's user no longer exists in the project. Sign in as another one."),
        DbException or StorageException { IsTransient: true } => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, ErrorCodes.DatabaseUnavailable, "The database does not answer at the moment. Try again shortly."),
        FileStoreException => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, "media_store_unavailable", "The store of files does not answer at the moment. Try again shortly."),
        TimeoutException => Problems.Details(
            StatusCodes.Status504GatewayTimeout, ErrorCodes.NoAnswer, "There was no answer in time. Look at the session's state before trying again."),
        OrleansException => Problems.Details(
            StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The server is starting or stopping. Try again shortly."),
        _ => Problems.Complete(new ProblemDetails { Status = StatusCodes.Status500InternalServerError }),
    };

    private static ProblemDetails MalformedJson(JsonException json)
    {
        // The exception's own message names our types.
        if (FieldOf(json) is { } field)
        {
            var sentence = $"The field '{field}' is malformed, doubled or of the wrong type.";
            return Problems.InvalidField(field, sentence);
        }

        return Problems.Details(
            StatusCodes.Status400BadRequest, ErrorCodes.InvalidJson,
            $"The body is not a JSON object of the form this address takes (line {json.LineNumber + 1 ?? 1}, byte {json.BytePositionInLine + 1 ?? 1}).");
    }

    /// <summary>The field in which reading failed, with those around it.</summary>
    public static string? FieldOf(JsonException json) =>
        json.Path is ['$', '.', .. var name] && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '[' or ']') ? name : null;

    private void Log(Exception exception, ProblemDetails problem, HttpRequest request)
    {
        if (problem.Status == StatusCodes.Status500InternalServerError)
            logger.RequestFailed(exception, request.Method, request.Path);
        else
            logger.RequestUnserved(exception, request.Method, request.Path);
    }
}

/// <summary>Failed requests, ids 4050-4069. Paths only: a query may hold a token.</summary>
internal static partial class ErrorLog
{
    [LoggerMessage(4050, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception cause, string method, string path);

    [LoggerMessage(4051, LogLevel.Warning, "{Method} {Path} could not be served")]
    public static partial void RequestUnserved(this ILogger logger, Exception cause, string method, string path);
}
