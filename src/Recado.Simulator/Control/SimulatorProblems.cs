using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Recado.Simulator.Control;

/// <summary>Turns what the simulator cannot do into problem details with its sentence.</summary>
internal sealed class SimulatorProblems : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (KeyNotFoundException e)
        {
            return Problem(e, StatusCodes.Status404NotFound, "not_found");
        }
        catch (SimulatorException e)
        {
            return Problem(e, StatusCodes.Status409Conflict, "simulator_refused");
        }
        catch (Exception e) when (e is BadRequestException or ArgumentException)
        {
            return Problem(e, StatusCodes.Status400BadRequest, "bad_request");
        }
    }

    private static ProblemHttpResult Problem(Exception cause, int status, string code)
    {
        // An ArgumentException names its parameter behind the sentence, which means nothing to a caller over HTTP.
        var sentence = cause is ArgumentException { ParamName: { } name } ? cause.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : cause.Message;
        return TypedResults.Problem(sentence, statusCode: status, extensions: [new("code", code), new("error", sentence)]);
    }
}
