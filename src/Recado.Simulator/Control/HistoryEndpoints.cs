using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Control;

/// <summary>What phones remember of the time before a device was linked.</summary>
internal static class HistoryEndpoints
{
    public static RouteGroupBuilder MapHistory(this RouteGroupBuilder group)
    {
        group.MapPost("/accounts/{phone}/history", GiveAsync).WithName("GiveHistory")
            .WithSummary("Give the phone a history of a size, which it hands to every device that is linked from now on")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return group;
    }

    private static async Task<Ok<HistoryResponse>> GiveAsync(string phone, HistoryPlan plan, SimulatedService service, CancellationToken ct)
    {
        var chats = await service.Phone(phone).GiveHistoryAsync(plan, ct);
        return TypedResults.Ok(new HistoryResponse(
            chats.Sum(chat => chat.MessageIds.Count), [.. chats.Select(chat => new HistoryChatResponse(chat.Chat, chat.PhoneNumber, chat.Name))]));
    }
}

/// <summary>The history that was made up.</summary>
/// <param name="Messages">How many messages it has.</param>
/// <param name="Chats">Its chats.</param>
public sealed record HistoryResponse(int Messages, IReadOnlyList<HistoryChatResponse> Chats);

/// <summary>A chat of it.</summary>
/// <param name="Chat">Its JID.</param>
/// <param name="PhoneNumber">Number of the partner; absent for a group.</param>
/// <param name="Name">What the phone calls it.</param>
public sealed record HistoryChatResponse(string Chat, string? PhoneNumber, string Name);
