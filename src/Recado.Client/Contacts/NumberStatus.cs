using System.Globalization;
using System.Text;
using Recado.Protocol;

namespace Recado.Client.Contacts;

/// <summary>Whether a phone number has WhatsApp, and who it is then.</summary>
/// <param name="Number">The number as it was asked, in digits.</param>
/// <param name="PhoneNumber">
/// The user by phone number, whose digits may differ from those asked (Brazil's ninth, Mexico's 1); null when the number has no WhatsApp.
/// </param>
/// <param name="Lid">The user by LID, if the service tells it.</param>
public sealed record NumberStatus(string Number, Jid? PhoneNumber, Jid? Lid)
{
    /// <summary>Whether the number has WhatsApp.</summary>
    public bool IsOnWhatsApp => PhoneNumber is not null || Lid is not null;

    /// <summary>Whether it is a business.</summary>
    public bool IsBusiness { get; init; }

    /// <summary>The name under which WhatsApp knows the business.</summary>
    public string? VerifiedName { get; init; }

    /// <summary>Stored as lines: until when it counts (Unix seconds), phone number, LID, <c>b</c> for a business, its name.</summary>
    internal byte[] Serialize(DateTimeOffset until) => Encoding.UTF8.GetBytes(string.Join(
        '\n', until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), PhoneNumber?.ToString(), Lid?.ToString(), IsBusiness ? "b" : "", VerifiedName));

    /// <returns>Null for what no longer counts.</returns>
    internal static NumberStatus? Parse(string number, byte[]? data, DateTimeOffset now)
    {
        if (data is null || Encoding.UTF8.GetString(data).Split('\n', 5) is not [var until, var phone, var lid, var kind, var name]
            || long.Parse(until, CultureInfo.InvariantCulture) <= now.ToUnixTimeSeconds())
            return null;

        return new(number, Name(phone), Name(lid)) { IsBusiness = kind.Length > 0, VerifiedName = name.Length > 0 ? name : null };

        static Jid? Name(string text) => text.Length > 0 ? Jid.Parse(text) : null;
    }
}
