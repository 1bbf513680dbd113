using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Control;

/// <summary>The service itself: where it is, what goes wrong with it, what went over its wires.</summary>
internal static class ServiceEndpoints
{
    public static RouteGroupBuilder MapService(this RouteGroupBuilder group)
    {
        group.MapGet("/info", Info).WithName("GetSimulatorInfo").WithSummary("Where clients connect and which root key they must trust");
        group.MapPost("/connections/drop", DropAsync).WithName("DropConnections").WithSummary("Cut connections without a word");
        group.MapPost("/connections/stream-error", StreamErrorAsync).WithName("SendStreamError").WithSummary("Send a stream error and close connections");
        group.MapPost("/faults", AddFault).WithName("PlanFault").WithSummary("Let something go wrong");
        group.MapGet("/faults", (SimulatedService service) => TypedResults.Ok<IReadOnlyList<FaultResponse>>([.. service.Faults.Pending.Select(FaultResponse.From)]))
            .WithName("ListFaults").WithSummary("List the faults to come");
        group.MapDelete("/faults", ClearFaults).WithName("ClearFaults").WithSummary("Forget the faults to come");
        group.MapGet("/trace", WriteTraceAsync).WithName("GetTrace").WithSummary("Every plaintext stanza and note, as JSON lines")
            .Produces<string>(StatusCodes.Status200OK, "application/jsonl");
        group.MapDelete("/trace", ClearTrace).WithName("ClearTrace").WithSummary("Start the trace anew");
        return group;
    }

    /// <summary>The address is the one the caller has reached, which need not be the one the server listens on.</summary>
    private static Ok<InfoResponse> Info(HttpRequest request, SimulatedService service)
    {
        var url = $"{(request.IsHttps ? "wss" : "ws")}://{request.Host}{request.PathBase}{SimulatorEndpoints.WebSocketPath}";
        return TypedResults.Ok(new InfoResponse(url, Convert.ToHexStringLower(service.RootKey.Span), service.MediaUrl.Authority, service.MediaAuthorityPem));
    }

    private static async Task<NoContent> DropAsync(ConnectionsRequest? request, SimulatedService service)
    {
        await service.DropConnectionsAsync(request?.Phone);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> StreamErrorAsync(StreamErrorRequest request, SimulatedService service)
    {
        await service.SendStreamErrorAsync(request.Code, request.Conflict, request.Phone);
        return TypedResults.NoContent();
    }

    private static Ok<FaultResponse> AddFault(FaultRequest request, SimulatedService service)
    {
        var fault = request.ToFault();
        service.Faults.Add(fault);
        return TypedResults.Ok(FaultResponse.From(fault));
    }

    private static NoContent ClearFaults(SimulatedService service)
    {
        service.Faults.Clear();
        return TypedResults.NoContent();
    }

    private static NoContent ClearTrace(SimulatedService service)
    {
        service.Trace.Clear();
        return TypedResults.NoContent();
    }

    private static async Task WriteTraceAsync(HttpContext context, SimulatedService service)
    {
        context.Response.ContentType = "application/jsonl";
        await service.Trace.WriteAsync(context.Response.Body, context.RequestAborted);
    }
}
