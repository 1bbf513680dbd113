using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Control;

/// <summary>The phones, as a person holding one would use it.</summary>
internal static class AccountEndpoints
{
    private const int MaxText = 65_536;

    public static RouteGroupBuilder MapAccounts(this RouteGroupBuilder group)
    {
        group.MapGet("/accounts", (SimulatedService service) => TypedResults.Ok<IReadOnlyList<AccountResponse>>([.. service.Phones.Select(Response)]))
            .WithName("ListSimulatedAccounts").WithSummary("List the accounts and the devices linked to them");
        group.MapPost("/accounts", AddAccount).WithName("AddSimulatedAccount").WithSummary("Add an account with its phone");
        group.MapPost("/accounts/{phone}/scan", ScanAsync).WithName("ScanQr").WithSummary("Let the phone scan a QR code; answers once the device is linked")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/accounts/{phone}/messages", SendAsync).WithName("SendFromPhone").WithSummary("Let the phone send a text or a message in protobuf JSON")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/accounts/{phone}/inbox", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).Inbox))
            .WithName("ReadPhoneInbox").WithSummary("List the messages in the phone, oldest first").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/accounts/{phone}/receipts", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).Receipts))
            .WithName("ReadPhoneReceipts").WithSummary("List the receipts that reached the phone, oldest first").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/accounts/{phone}/read", ReadAsync).WithName("MarkReadOnPhone").WithSummary("Let the phone's owner read messages: the named ones, or all")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/accounts/{phone}/unlink", UnlinkAsync).WithName("UnlinkDevice").WithSummary("Unlink a device in the phone")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        return group;
    }

    private static Ok<AccountResponse> AddAccount(AddAccountRequest request, SimulatedService service) =>
        TypedResults.Ok(Response(service.AddPhone(Required(request.Phone, "phone"), request.Name)));

    private static async Task<Ok<ScanResponse>> ScanAsync(string phone, ScanRequest request, SimulatedService service, CancellationToken ct) =>
        TypedResults.Ok(new ScanResponse(await service.Phone(phone).ScanAsync(Required(request.Qr, "qr"), ct)));

    private static async Task<Ok<SentResponse>> SendAsync(string phone, SendRequest request, SimulatedService service, CancellationToken ct)
    {
        var (to, sender) = (Required(request.To, "to"), service.Phone(phone));
        if (request.Message is { } message)
            return TypedResults.Ok(new SentResponse(await sender.SendMessageAsync(to, message.GetRawText(), ct)));

        var text = Required(request.Text, "text");
        if (text.Length > MaxText)
            throw new BadRequestException($"The text has {text.Length} characters; {MaxText} is the limit.");

        return TypedResults.Ok(new SentResponse(request.Referral is { } referral
            ? await sender.SendTextAsync(to, text, referral, ct)
            : await sender.SendTextAsync(to, text, ct)));
    }

    private static async Task<Ok<ReadResponse>> ReadAsync(string phone, ReadRequest? request, SimulatedService service, CancellationToken ct) =>
        TypedResults.Ok(new ReadResponse(await service.Phone(phone).ReadAsync(request?.Ids, ct)));

    private static async Task<NoContent> UnlinkAsync(string phone, UnlinkRequest request, SimulatedService service, CancellationToken ct)
    {
        await service.Phone(phone).UnlinkAsync(request.Device, ct);
        return TypedResults.NoContent();
    }

    private static AccountResponse Response(SimulatedPhone phone) =>
        new(phone.PhoneNumber, phone.Name, phone.Jid.ToString(), phone.Lid.ToString(), phone.LinkedDevices);

    /// <summary>A member of the body that cannot be left out.</summary>
    internal static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw new BadRequestException($"The body has no '{name}'.") : value;
}
