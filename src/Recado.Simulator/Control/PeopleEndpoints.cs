using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recado.Protocol;
using Recado.Protocol.Presence;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Control;

/// <summary>What a phone's owner does besides writing messages: coming and going, typing, calling, changing the profile.</summary>
internal static class PeopleEndpoints
{
    private const int LargestPicture = 1024 * 1024;

    public static RouteGroupBuilder MapPeople(this RouteGroupBuilder group)
    {
        var phone = group.MapGroup("/accounts/{phone}").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        phone.MapPost("/presence", (string phone, PhonePresenceRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetAvailable(request.Available))).WithName("OpenPhone").WithSummary("Open or close WhatsApp on the phone");
        phone.MapPost("/watch", (string phone, PhoneTargetRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).Watch(Required(request.To, "to")))).WithName("WatchFromPhone").WithSummary("Look at somebody's presence");
        phone.MapGet("/presences", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).Presences))
            .WithName("ReadPhonePresences").WithSummary("List who was seen coming and going, oldest first");
        phone.MapPost("/typing", (string phone, PhoneTypingRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).Type(Required(request.To, "to"), StateOf(request.State)))).WithName("TypeOnPhone").WithSummary("Type, record or stop");
        phone.MapGet("/typing", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).ChatStates))
            .WithName("ReadPhoneTyping").WithSummary("List what others were seen typing, oldest first");

        phone.MapPost("/calls", (string phone, PhoneCallRequest request, SimulatedService service) => TypedResults.Ok(new PhoneCallResponse(
            service.Phone(phone).Call(Required(request.To, "to"), request.Video, request.Group is { } jid ? Jid.Parse(jid) : null))))
            .WithName("CallFromPhone").WithSummary("Call somebody");
        phone.MapGet("/calls", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).Calls))
            .WithName("ReadPhoneCalls").WithSummary("List the news of calls, oldest first");
        phone.MapPost("/calls/{id}/accept", (string phone, string id, SimulatedService service) => Done(() => service.Phone(phone).AcceptCall(id)))
            .WithName("AcceptCallOnPhone").WithSummary("Take a call that rings");
        phone.MapPost("/calls/{id}/reject", (string phone, string id, SimulatedService service) => Done(() => service.Phone(phone).RejectCall(id)))
            .WithName("RejectCallOnPhone").WithSummary("Reject a call that rings");
        phone.MapPost("/calls/{id}/end", (string phone, string id, EndCallRequest? request, SimulatedService service) =>
            Done(() => service.Phone(phone).EndCall(id, request?.Reason))).WithName("EndCallOnPhone").WithSummary("End a call, or give it up");

        phone.MapPut("/name", (string phone, PhoneNameRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetName(Required(request.Name, "name")))).WithName("SetPhoneName").WithSummary("Set the push name");
        phone.MapGet("/contacts", (string phone, SimulatedService service) => TypedResults.Ok(service.Phone(phone).ContactNames))
            .WithName("ReadPhoneContacts").WithSummary("Read the address book: names by JID");
        phone.MapPut("/contacts/{number}", (string phone, string number, PhoneNameRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetContactName(number, Required(request.Name, "name"))))
            .WithName("SetPhoneContact").WithSummary("Put somebody into the address book, or give them another name there");
        phone.MapDelete("/contacts/{number}", (string phone, string number, SimulatedService service) =>
            Done(() => service.Phone(phone).SetContactName(number, name: null))).WithName("RemovePhoneContact").WithSummary("Take somebody out of the address book");

        phone.MapPut("/about", (string phone, PhoneAboutRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetAbout(request.Text ?? ""))).WithName("SetPhoneAbout").WithSummary("Set the about text");
        phone.MapPut("/picture", SetPictureAsync).WithName("SetPhonePicture").WithSummary("Set the picture, a square JPEG of 64 to 640 pixels in the body")
            .Accepts<byte[]>("image/jpeg");
        phone.MapDelete("/picture", (string phone, SimulatedService service) => Done(() => service.Phone(phone).SetPicture(null)))
            .WithName("RemovePhonePicture").WithSummary("Take the picture away");
        phone.MapPut("/business", (string phone, BusinessCard card, SimulatedService service) => Done(() => service.Phone(phone).SetBusiness(card)))
            .WithName("SetPhoneBusiness").WithSummary("Make the account a business");
        phone.MapPut("/privacy/{setting}", (string phone, string setting, PhonePrivacyRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetPrivacy(setting, Required(request.Value, "value")))).WithName("SetPhonePrivacy").WithSummary("Change a privacy setting");
        phone.MapPost("/trust", (string phone, PhoneTargetRequest request, SimulatedService service) => Done(() => service.Phone(phone).Trust(Required(request.To, "to"))))
            .WithName("TrustFromPhone").WithSummary("Give somebody a token by which they see what is shown to contacts only");
        phone.MapPost("/blocked", (string phone, PhoneTargetRequest request, SimulatedService service) =>
            Done(() => service.Phone(phone).SetBlocked(Required(request.To, "to"), isBlocked: true))).WithName("BlockOnPhone").WithSummary("Block somebody");
        phone.MapDelete("/blocked/{other}", (string phone, string other, SimulatedService service) =>
            Done(() => service.Phone(phone).SetBlocked(other, isBlocked: false))).WithName("UnblockOnPhone").WithSummary("Let somebody through again");
        return group;
    }

    private static async Task<NoContent> SetPictureAsync(string phone, HttpRequest request, SimulatedService service, CancellationToken ct)
    {
        var target = service.Phone(phone);
        var jpeg = await ReadPictureAsync(request, ct);
        return Done(() => target.SetPicture(jpeg));
    }

    /// <summary>A picture in the body of a request.</summary>
    /// <exception cref="BadRequestException">It is too large, or does not say how large it is.</exception>
    internal static async Task<byte[]> ReadPictureAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is not (> 0 and <= LargestPicture))
            throw new BadRequestException($"The body is no picture of at most {LargestPicture} bytes with its length given.");

        var jpeg = new byte[(int)request.ContentLength];
        await request.Body.ReadExactlyAsync(jpeg, ct);
        return jpeg;
    }

    private static NoContent Done(Action action)
    {
        action();
        return TypedResults.NoContent();
    }

    private static ChatState StateOf(string? state) => Enum.TryParse<ChatState>(state, ignoreCase: true, out var known) && !int.TryParse(state, out _)
        ? known
        : throw new BadRequestException("'state' is composing, recording or paused.");

    private static string Required(string? value, string name) =>
        string.IsNullOrEmpty(value) ? throw new BadRequestException($"The body has no '{name}'.") : value;
}

/// <summary>Whether WhatsApp is open.</summary>
/// <param name="Available">Whether it is.</param>
public sealed record PhonePresenceRequest(bool Available);

/// <summary>Somebody.</summary>
/// <param name="To">A number or JID.</param>
public sealed record PhoneTargetRequest(string? To);

/// <summary>What to do in a chat.</summary>
/// <param name="To">A number or JID.</param>
/// <param name="State"><c>composing</c>, <c>recording</c> or <c>paused</c>.</param>
public sealed record PhoneTypingRequest(string? To, string? State);

/// <summary>A call to make.</summary>
/// <param name="To">A number or JID.</param>
/// <param name="Video">Whether it is a video call.</param>
/// <param name="Group">JID of the group when it is a group call.</param>
public sealed record PhoneCallRequest(string? To, bool Video = false, string? Group = null);

/// <summary>A call that rings.</summary>
/// <param name="CallId">Its id.</param>
public sealed record PhoneCallResponse(string CallId);

/// <summary>Why a call ends.</summary>
/// <param name="Reason">Such as <c>timeout</c>.</param>
public sealed record EndCallRequest(string? Reason = null);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
public sealed record PhoneNameRequest(string? Name);

/// <summary>An about text.</summary>
/// <param name="Text">The text; empty for none.</param>
public sealed record PhoneAboutRequest(string? Text);

/// <summary>The value of a privacy setting.</summary>
/// <param name="Value">Such as <c>all</c>, <c>contacts</c> or <c>none</c>.</param>
public sealed record PhonePrivacyRequest(string? Value);
