using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Makes content out of a request, or says what is wrong with it. Pure.</summary>
internal static class MessageComposer
{
    /// <summary>WhatsApp's own limit.</summary>
    public const int LongestText = 65_536;

    private const int MaxMentions = 256, MaxContacts = 100, MinOptions = 2, MaxOptions = 12, LongestOption = 100, LongestQuestion = 255;
    private const int LongestVcard = 16_384, LongestField = 4_096, LongestEmoji = 32;

    private static readonly string[] Types = ["text", "location", "contacts", "reaction", "poll", "poll_vote", "event", "event_response", "pin"];

    /// <summary>The kind that a request asks for.</summary>
    public static Answer<string> TypeOf(SendMessageRequest request)
    {
        string[] given = [.. Objects(request).Where(part => part.Value is not null).Select(part => part.Type)];
        if (request.Type is "buttons" or "list" or "template" or "interactive")
        {
            return Problems.Details(
                StatusCodes.Status422UnprocessableEntity, "message_type_not_shown",
                "WhatsApp does not show buttons and lists that come from a linked device. Send a 'poll', or a text with numbered choices.");
        }

        if (request.Type is { } type)
        {
            if (!Types.Contains(type))
                return Problems.InvalidField("type", $"'type' must be one of: {string.Join(", ", Types)}.", "message_type_not_available");
            if (given.Any(name => name != type))
                return Problems.InvalidField(given.First(name => name != type), $"The message is of type '{type}'; leave the other kinds out.", "ambiguous_message");
            if (given.Length == 0 && !(type == "text" && request.Message is not null))
                return Problems.InvalidField(type, $"'{type}' is missing: the object that says what to send.", "content_missing");
            return type;
        }

        return given switch
        {
            [] => "text",
            [var only] => only,
            _ => Problems.InvalidField(given[1], "The message has several kinds. Send one message for each.", "ambiguous_message"),
        };
    }

    /// <summary>The id of the message that a request is about; null when it is about none.</summary>
    public static (string Field, string? MessageId)? TargetOf(SendMessageRequest request, string type) => type switch
    {
        "reaction" => ("reaction", request.Reaction?.MessageId),
        "poll_vote" => ("poll_vote", request.PollVote?.MessageId),
        "event_response" => ("event_response", request.EventResponse?.MessageId),
        "pin" => ("pin", request.Pin?.MessageId),
        _ => null,
    };

    /// <param name="target">The message the request is about, when <see cref="TargetOf"/> names one.</param>
    public static Answer<MessageContent> Compose(SendMessageRequest request, string type, MessageRow? target) => type switch
    {
        "location" => Location(request.Location!),
        "contacts" => Contacts(request.Contacts!),
        "reaction" => Reaction(request.Reaction!.Emoji, target!, "reaction"),
        "poll" => Poll(request.Poll!),
        "poll_vote" => Vote(request.PollVote!, target!),
        "event" => Event(request.Event!),
        "event_response" => Response(request.EventResponse!, target!),
        "pin" => Pin(request.Pin!, target!),
        _ => request.Text is { } text ? Text(text) : Text(request.Message),
    };

    public static Answer<MessageContent> Text(TextRequest text)
    {
        if (text.Body is not { Length: > 0 and <= LongestText })
            return Problems.InvalidField("text", $"'text.body' must be a text of 1 to {LongestText} characters.", "invalid_text");

        var mentions = new List<Jid>();
        foreach (var mention in text.Mentions ?? [])
        {
            if (!Recipients.TryParse(mention.TrimStart('+'), out var jid) || mentions.Count == MaxMentions)
                return Problems.InvalidField("text", $"'text.mentions' takes up to {MaxMentions} numbers in international form or JIDs of users.", "invalid_mention");
            mentions.Add(jid);
        }

        return new TextContent(text.Body) { Context = mentions.Count == 0 ? null : new() { Mentions = mentions } };
    }

    public static Answer<MessageContent> Reaction(string? emoji, MessageRow target, string field) =>
        emoji is not null && (emoji.Length == 0 || (emoji.Length <= LongestEmoji && new StringInfo(emoji).LengthInTextElements == 1 && !char.IsAscii(emoji[0])))
            ? new ReactionContent(Target(target), emoji)
            : Problems.InvalidField(field, "'emoji' must be one emoji, or empty to take the reaction back.", "invalid_reaction");

    public static MessageTarget Target(MessageRow row) =>
        new(row.WhatsAppId, Jid.Parse(row.Chat), row.Direction == MessageDirections.Sent);

    private static Answer<MessageContent> Text(string? message) => message is { Length: > 0 and <= LongestText }
        ? new TextContent(message)
        : Problems.InvalidField("message", OutgoingMessages.MessageIsNoText);

    private static Answer<MessageContent> Location(LocationRequest place) => Place(place) is { } content
        ? content
        : Invalid("location", "'location' needs a 'latitude' of -90 to 90 and a 'longitude' of -180 to 180; its texts have 4096 characters at most.");

    private static LocationContent? Place(LocationRequest place) =>
        place is { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 } && Fits(place.Name) && Fits(place.Address) && Fits(place.Url)
            ? new LocationContent(place.Latitude.Value, place.Longitude.Value) { Name = place.Name, Address = place.Address, Url = place.Url }
            : null;

    private static Answer<MessageContent> Contacts(IReadOnlyList<ContactRequest> contacts)
    {
        var cards = new List<ContactCard>();
        foreach (var contact in contacts)
        {
            if (cards.Count == MaxContacts || contact.Name?.FormattedName is not { Length: > 0 and <= LongestField } name || Card(contact, name) is not { } card)
                break;
            cards.Add(new ContactCard(name, card));
        }

        if (cards.Count == 0 || cards.Count != contacts.Count)
        {
            return Invalid(
                "contacts", $"'contacts' takes 1 to {MaxContacts} cards, each with 'name.formatted_name' and either 'phones' or a 'vcard'.");
        }

        return new ContactsContent(cards, cards.Count == 1 ? null : $"{cards.Count} contacts");
    }

    private static string? Card(ContactRequest contact, string name)
    {
        if (contact.Vcard is { } given)
            return given.Length <= LongestVcard && given.StartsWith("BEGIN:VCARD", StringComparison.Ordinal) ? given : null;
        if (contact.Phones is not { Count: > 0 and <= MaxOptions } phones || phones.Any(phone => Digits(phone.Phone).Length is < 3 or > 15))
            return null;

        var lines = phones.Select(phone => $"TEL;type=CELL;waid={Digits(phone.WaId ?? phone.Phone)}:{OneLine(phone.Phone!)}\n");
        return $"BEGIN:VCARD\nVERSION:3.0\nN:;{OneLine(name)};;;\nFN:{OneLine(name)}\n{string.Concat(lines)}END:VCARD";
    }

    private static Answer<MessageContent> Poll(PollRequest poll)
    {
        var options = poll.Options ?? [];
        return poll.Question is not { Length: > 0 and <= LongestQuestion }
            || options.Count is < MinOptions or > MaxOptions
            || options.Any(option => option is not { Length: > 0 and <= LongestOption })
            || options.Distinct(StringComparer.Ordinal).Count() != options.Count
            || poll.SelectableCount < 0 || poll.SelectableCount > options.Count
            ? Invalid("poll", "'poll' needs a 'question' of up to 255 characters and 2 to 12 different 'options' of up to 100; 'selectableCount' may not exceed them.")
            : new PollContent(poll.Question, options, (uint)poll.SelectableCount);
    }

    private static Answer<MessageContent> Vote(PollVoteRequest vote, MessageRow poll)
    {
        if (TypeOf(poll) != "poll")
            return Invalid("poll_vote", "'poll_vote.messageId' names a message that is no poll.");

        var options = vote.Options ?? [];
        var known = poll.Content.GetProperty("options").EnumerateArray().Select(option => option.GetString()).ToHashSet();
        var allowed = poll.Content.GetProperty("selectableCount").GetInt32();
        return options.Any(option => !known.Contains(option)) || (allowed > 0 && options.Count > allowed)
            ? Invalid("poll_vote", "'poll_vote.options' must be options of the poll, not more than it lets one choose.")
            : PollVoteContent.For(Target(poll), [.. options.Distinct(StringComparer.Ordinal)]);
    }

    private static Answer<MessageContent> Event(EventRequest happening)
    {
        var place = happening.Location is { } given ? Place(given) : null;
        return happening.Name is not { Length: > 0 and <= LongestOption } || happening.StartsAt is null
            || happening.EndsAt < happening.StartsAt || !Fits(happening.Description) || !Fits(happening.JoinLink)
            || (happening.Location is not null && place is null)
            ? Invalid("event", "'event' needs a 'name' of up to 100 characters and 'startsAt'; 'endsAt' may not lie before it, and 'location' must be a place.")
            : new EventContent(happening.Name, happening.StartsAt)
            {
                EndsAt = happening.EndsAt,
                Description = happening.Description,
                Location = place,
                JoinLink = happening.JoinLink,
                IsCanceled = happening.IsCanceled,
            };
    }

    private static Answer<MessageContent> Response(EventResponseRequest response, MessageRow happening)
    {
        EventAnswer? answer = response.Answer switch
        {
            "going" => EventAnswer.Going,
            "not_going" => EventAnswer.NotGoing,
            "maybe" => EventAnswer.Maybe,
            _ => null,
        };
        return TypeOf(happening) != "event" || answer is null
            ? Invalid("event_response", "'event_response' needs the 'messageId' of an event and an 'answer': going, not_going or maybe.")
            : new EventResponseContent(Target(happening), answer.Value);
    }

    private static Answer<MessageContent> Pin(PinRequest pin, MessageRow target) => pin.Days is 1 or 7 or 30
        ? new PinContent(Target(target), pin.Pinned, pin.Pinned ? TimeSpan.FromDays(pin.Days) : null)
        : Invalid("pin", "'pin.days' must be 1, 7 or 30.");

    private static ProblemDetails Invalid(string type, string sentence) => Problems.InvalidField(type, sentence, $"invalid_{type}");

    private static IEnumerable<(string Type, object? Value)> Objects(SendMessageRequest request) =>
    [
        ("text", request.Text), ("location", request.Location), ("contacts", request.Contacts), ("reaction", request.Reaction), ("poll", request.Poll),
        ("poll_vote", request.PollVote), ("event", request.Event), ("event_response", request.EventResponse), ("pin", request.Pin),
    ];

    private static string? TypeOf(MessageRow row) => row.Content.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static bool Fits(string? text) => text is null or { Length: <= LongestField };

    private static string Digits(string? text) => string.Concat((text ?? "").Where(char.IsAsciiDigit));

    private static string OneLine(string text) => text.Replace("\r", "").Replace("\n", " ").Replace(";", "\\;");
}
