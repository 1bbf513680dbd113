using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>Asks sessions about users who are named by a phone number or JID, and shows them what the account does, through either door.</summary>
internal sealed class PeopleCommands(OwnedSessions sessions)
{
    public const string StateIsUnknown = "'state' must be 'available' or 'unavailable'.";
    public const string ChatStateIsUnknown = "'state' must be 'composing', 'recording' or 'paused'.";
    public const string SecondsAreTooMany = "'seconds' must be between 1 and 300.";
    public const int MostSeconds = 300;

    /// <summary>Asks about a user.</summary>
    /// <param name="field">Where the user is named, for the sentence that says what is wrong with it.</param>
    /// <param name="who">Phone number or JID.</param>
    /// <param name="request">What to ask, without the forms of the name.</param>
    /// <param name="takesGroups">Whether a group may stand in the user's place.</param>
    public async Task<Answer<T>> AskAsync<T>(
        Guid userId, Guid sessionId, string field, string? who, PersonRequest<T> request, CancellationToken ct,
        bool takesGroups = false)
        where T : class
    {
        var (recipient, fault) = Recipient.Parse(who ?? "");
        if (recipient is { IsGroup: true } && !takesGroups)
            return Problems.InvalidField(field, $"'{field}' names a group. Name a user, by a phone number in international form or a JID.", "invalid_recipient");
        if (recipient is null)
            return Problems.InvalidField(field, fault!.Replace("'to'", $"'{field}'", StringComparison.Ordinal), "invalid_recipient");

        var answer = await sessions.AskAsync(userId, sessionId, request with { Forms = recipient.Forms }, ct);
        if (!answer.IsGiven)
            return answer.Problem;

        return answer.Value.Value is { } value ? value : NotOnWhatsApp();
    }

    /// <summary>Makes the account appear online or offline.</summary>
    public async Task<Answer<PresenceSet>> SetPresenceAsync(Guid userId, Guid sessionId, string? state, CancellationToken ct)
    {
        if (state is not ("available" or "unavailable"))
            return Problems.InvalidField("state", StateIsUnknown);

        var answer = await sessions.AskAsync(userId, sessionId, new SetPresence(state == "available"), ct);
        if (!answer.IsGiven || answer.Value.IsNameKnown)
            return answer;

        return Problems.Details(
            StatusCodes.Status409Conflict, "push_name_unknown",
            "WhatsApp takes no presence without the account's name, which this session has not heard yet. Set it by PATCH …/profile, or write a message on the phone.");
    }

    /// <summary>Shows in a chat that the account types, records or has stopped.</summary>
    public async Task<Answer<Done>> TypeAsync(Guid userId, Guid sessionId, string? chat, string? state, int? seconds, CancellationToken ct)
    {
        if (state is not ("composing" or "recording" or "paused"))
            return Problems.InvalidField("state", ChatStateIsUnknown);
        if (seconds is < 1 or > MostSeconds)
            return Problems.InvalidField("seconds", SecondsAreTooMany);

        return await AskAsync(userId, sessionId, "chat", chat, new TypeInChat(state, seconds), ct, takesGroups: true);
    }

    public static ProblemDetails NotOnWhatsApp() =>
        Problems.Details(StatusCodes.Status422UnprocessableEntity, "recipient_not_on_whatsapp", "The number is not on WhatsApp.");
}
