using System.Globalization;

namespace Recado.Protocol.Signal;

/// <summary>
/// Whom a session is with: one device of one account. The name is the user part of the JID, with the suffix
/// <c>_&lt;domain&gt;</c> for anything but phone numbers (<c>222_1</c> for a LID). A storage key; never on the wire.
/// </summary>
/// <param name="Name">User part and domain suffix.</param>
/// <param name="Device">Device number; 0 is the phone.</param>
public readonly record struct SignalAddress(string Name, uint Device)
{
    private const char Separator = ':';

    /// <summary>Reads the form <c>name:device</c>.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static SignalAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var separator = text.LastIndexOf(Separator);
        if (separator <= 0 || !uint.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var device))
            throw new FormatException("A Signal address has the form name:device.");

        return new(text[..separator], device);
    }

    /// <summary>The form <c>name:device</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{Device}");
}
