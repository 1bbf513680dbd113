using PhoneNumbers;
using Recado.Protocol;

namespace Recado.Server.Features.Messages;

/// <summary>Whom a message goes to: the forms to try at WhatsApp, in order.</summary>
internal sealed record Recipient(IReadOnlyList<string> Forms)
{
    private const int LongestText = 128;

    private static readonly PhoneNumberUtil Numbers = PhoneNumberUtil.GetInstance();

    /// <summary>Whether it is a group.</summary>
    public bool IsGroup => Jid.TryParse(Forms[0], out var jid) && jid.IsGroup;

    /// <summary>Reads a phone number in international form, in any punctuation, or a JID.</summary>
    /// <returns>The recipient, or a sentence that says what is wrong.</returns>
    public static (Recipient? Recipient, string? Fault) Parse(string text)
    {
        text = text.Trim();
        if (text.Length is 0 or > LongestText)
            return (null, "'to' is empty or too long. Give a phone number in international form, such as +55 11 91234-5678, or a JID.");

        return text.Contains('@', StringComparison.Ordinal) ? ParseJid(text) : ParseNumber(text);
    }

    private static (Recipient?, string?) ParseJid(string text)
    {
        if (!Jid.TryParse(text, out var jid) || jid.User.Length == 0)
            return (null, "'to' is not a JID. A user's is <number>@s.whatsapp.net or <id>@lid, a group's <id>@g.us.");

        if (jid.IsGroup)
            return (new Recipient([jid.ToString()]), null);
        if (jid.IsBroadcast)
            return (null, "Status updates and broadcasts cannot be sent. Send to a user or a group.");
        if (!jid.IsPhoneNumber && !jid.IsLid)
            return (null, $"Messages go to users and groups; '{jid.Server}' is neither's server. A user's JID ends in @s.whatsapp.net or @lid, a group's in @g.us.");

        var user = jid.ToUser();
        return user.IsPhoneNumber && user.User.All(char.IsAsciiDigit)
            ? (new Recipient(FormsOf(user.User)), null)
            : (new Recipient([user.ToString()]), null);
    }

    private static (Recipient?, string?) ParseNumber(string text)
    {
        try
        {
            // International form is the only one there is, so the plus sign may be missing.
            var number = Numbers.Parse(text.StartsWith('+') ? text : $"+{text}", defaultRegion: null);
            var fault = Numbers.IsPossibleNumberWithReason(number) switch
            {
                PhoneNumberUtil.ValidationResult.INVALID_COUNTRY_CODE => "'to' does not begin with a country code. Use the international form, such as +55 11 91234-5678.",
                PhoneNumberUtil.ValidationResult.TOO_SHORT => $"'to' has too few digits for a number of country code {number.CountryCode}.",
                PhoneNumberUtil.ValidationResult.TOO_LONG => $"'to' has too many digits for a number of country code {number.CountryCode}.",
                PhoneNumberUtil.ValidationResult.INVALID_LENGTH => $"'to' has a number of digits that country code {number.CountryCode} does not use.",
                _ => null,
            };

            return fault is null ? (new Recipient(FormsOf(Numbers.Format(number, PhoneNumberFormat.E164)[1..])), null) : (null, fault);
        }
        catch (NumberParseException)
        {
            return (null, "'to' is not a phone number in international form, such as +55 11 91234-5678, nor a JID.");
        }
    }

    /// <summary>
    /// The number and, where a country changed its numbering and WhatsApp kept accounts under the old form, the other form:
    /// Brazil's mobiles got a ninth digit (55, area, 9, eight digits), Mexico's lost a 1 after the country code.
    /// </summary>
    private static IReadOnlyList<string> FormsOf(string digits) => digits switch
    {
        ['5', '5', _, _, '9', .. { Length: 8 }] => [digits, digits.Remove(4, 1)],
        ['5', '5', _, _, >= '6' and <= '9', .. { Length: 7 }] => [digits, digits.Insert(4, "9")],
        ['5', '2', '1', .. { Length: 10 }] => [digits, digits.Remove(2, 1)],
        ['5', '2', .. { Length: 10 }] => [digits, digits.Insert(2, "1")],
        _ => [digits],
    };
}
