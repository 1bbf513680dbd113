using System.Text.Json.Serialization;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class ContactsKind
{
    private const int MaxContacts = 100, MaxPhones = 12, LongestVcard = 16_384;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var contacts = draft.Request.Contacts!;
        var cards = new List<ContactCard>();
        foreach (var contact in contacts)
        {
            if (cards.Count == MaxContacts || contact.Name?.FormattedName is not { Length: > 0 and <= Fields.Longest } name || Card(contact, name) is not { } card)
                break;
            cards.Add(new ContactCard(name, card));
        }

        if (cards.Count == 0 || cards.Count != contacts.Count)
        {
            return Fields.Invalid(
                "contacts", $"'contacts' takes 1 to {MaxContacts} cards, each with 'name.formatted_name' and either 'phones' or a 'vcard'.");
        }

        return new ContactsContent(cards, cards.Count == 1 ? null : $"{cards.Count} contacts");
    }

    private static string? Card(ContactRequest contact, string name)
    {
        if (contact.Vcard is { } given)
            return given.Length <= LongestVcard && given.StartsWith("BEGIN:VCARD", StringComparison.Ordinal) ? given : null;
        if (contact.Phones is not { Count: > 0 and <= MaxPhones } phones || phones.Any(phone => Digits(phone.Phone).Length is < 3 or > 15))
            return null;

        var lines = phones.Select(phone => $"TEL;type=CELL;waid={Digits(phone.WaId ?? phone.Phone)}:{OneLine(phone.Phone!)}\n");
        return $"BEGIN:VCARD\nVERSION:3.0\nN:;{OneLine(name)};;;\nFN:{OneLine(name)}\n{string.Concat(lines)}END:VCARD";
    }

    private static string Digits(string? text) => string.Concat((text ?? "").Where(char.IsAsciiDigit));

    private static string OneLine(string text) => text.Replace("\r", "").Replace("\n", " ").Replace(";", "\\;");
}

/// <param name="Name">The name on the card.</param>
/// <param name="Phones">The numbers on the card.</param>
/// <param name="Vcard">A whole card instead of <paramref name="Phones"/> (RFC 6350).</param>
public sealed record ContactRequest(ContactName? Name, IReadOnlyList<ContactPhone>? Phones = null, string? Vcard = null);

public sealed record ContactName([property: JsonPropertyName("formatted_name")] string? FormattedName);

/// <param name="Phone">The number as it is shown.</param>
/// <param name="WaId">The number at WhatsApp, digits only; by default the digits of <paramref name="Phone"/>.</param>
public sealed record ContactPhone(string? Phone, [property: JsonPropertyName("wa_id")] string? WaId = null);
