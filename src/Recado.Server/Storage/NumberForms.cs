namespace Recado.Server.Storage;

/// <summary>
/// The forms in which one phone number is known where a country changed its numbering and WhatsApp kept accounts under the old form: Brazil's
/// mobiles got a ninth digit (55, area, 9, eight digits), Mexico's lost a 1 after the country code.
/// </summary>
internal static class NumberForms
{
    /// <returns>The number, and the other form where there is one.</returns>
    public static IReadOnlyList<string> Of(string digits) => digits switch
    {
        ['5', '5', _, _, '9', .. { Length: 8 }] => [digits, digits.Remove(4, 1)],
        ['5', '5', _, _, >= '6' and <= '9', .. { Length: 7 }] => [digits, digits.Insert(4, "9")],
        ['5', '2', '1', .. { Length: 10 }] => [digits, digits.Remove(2, 1)],
        ['5', '2', .. { Length: 10 }] => [digits, digits.Insert(2, "1")],
        _ => [digits],
    };
}
