using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Recado.Server.Features.Errors;

/// <summary>
/// Writes every problem, ours and those that the framework reports by itself (unknown addresses, failed validation), in our form.
/// Unlike the framework's own writer it does so whatever the request accepts: a client that asks for HTML still gets the code.
/// </summary>
internal sealed class ProblemWriter(IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : IProblemDetailsWriter
{
    /// <summary>Under this item a request keeps the code of the problem that answered it.</summary>
    public const string CodeItem = "problem-code";

    private const string MediaType = "application/problem+json";

    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        var problem = context.ProblemDetails;
        problem.Status ??= response.StatusCode;
        if (problem is HttpValidationProblemDetails validation && !problem.Extensions.ContainsKey("code"))
            problem = FromValidation(validation);

        Problems.Complete(problem);
        response.StatusCode = problem.Status ?? response.StatusCode;
        if (Problems.RetryAfterOf(problem) is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.HttpContext.Items[CodeItem] = Problems.CodeOf(problem);
        await response.WriteAsJsonAsync(problem, problem.GetType(), json.Value.SerializerOptions, MediaType, context.HttpContext.RequestAborted);
    }

    /// <summary>Fields as the client spelt them, and their faults as the sentence.</summary>
    private static HttpValidationProblemDetails FromValidation(HttpValidationProblemDetails validation) => Problems.InvalidFields(
        string.Join(' ', validation.Errors.Values.SelectMany(e => e)),
        validation.Errors.ToDictionary(e => JsonNamingPolicy.CamelCase.ConvertName(e.Key), e => e.Value));
}
