using PhoneNumbers;

namespace Recado.Server.Features.Messages;

/// <summary>Phone numbers as people write them: in international form, in any punctuation.</summary>
internal static class PhoneNumberText
{
    private static readonly PhoneNumberUtil Numbers = PhoneNumberUtil.GetInstance();

    /// <param name="field">What the request calls it.</param>
    /// <returns>The digits with the country code; or a sentence that says what is wrong, and neither for what is no number at all.</returns>
    public static (string? Digits, string? Fault) Read(string text, string field)
    {
        try
        {
            // International form is the only one there is, so the plus sign may be missing.
            var number = Numbers.Parse(text.StartsWith('+') ? text : $"+{text}", defaultRegion: null);
            var fault = Numbers.IsPossibleNumberWithReason(number) switch
            {
                PhoneNumberUtil.ValidationResult.INVALID_COUNTRY_CODE => $"'{field}' does not begin with a country code. Use the international form, such as +55 11 91234-5678.",
                PhoneNumberUtil.ValidationResult.TOO_SHORT => $"'{field}' has too few digits for a number of country code {number.CountryCode}.",
                PhoneNumberUtil.ValidationResult.TOO_LONG => $"'{field}' has too many digits for a number of country code {number.CountryCode}.",
                PhoneNumberUtil.ValidationResult.INVALID_LENGTH => $"'{field}' has a number of digits that country code {number.CountryCode} does not use.",
                _ => null,
            };

            return fault is null ? (Numbers.Format(number, PhoneNumberFormat.E164)[1..], null) : (null, fault);
        }
        catch (NumberParseException)
        {
            return (null, null);
        }
    }
}
