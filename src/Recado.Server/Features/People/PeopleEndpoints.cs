namespace Recado.Server.Features.People;

/// <summary>What a session knows and shows of people: presence, calls, contacts, its own profile.</summary>
internal static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/sessions/{id:guid}")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
        session.MapPresence();
        session.MapCalls();
        session.MapContacts();
        session.MapProfile();
    }
}
