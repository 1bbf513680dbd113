using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Recado.Server.Features.Errors;

/// <summary>
/// Writes the problems that the framework reports by itself (unknown addresses, failed validation) in our form.
/// Unlike the framework's own writer it does so whatever the request accepts: a client that asks for HTML still gets the code.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails is HttpValidationProblemDetails validation
            ? Problems.InvalidFields(
                string.Join(' ', validation.Errors.Values.SelectMany(e => e)),
                validation.Errors.ToDictionary(e => JsonNamingPolicy.CamelCase.ConvertName(e.Key), e => e.Value))
            : context.ProblemDetails;

        problem.Status ??= context.HttpContext.Response.StatusCode;
        await TypedResults.Problem(Problems.Complete(problem)).ExecuteAsync(context.HttpContext);
    }
}
