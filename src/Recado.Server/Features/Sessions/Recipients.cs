using Recado.Client;
using Recado.Protocol;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// Finds the JID behind a recipient. WhatsApp is asked which form of a number it knows (Brazil's ninth digit, Mexico's 1); the client remembers
/// its answers.
/// </summary>
internal static class Recipients
{
    private const int FewestDigits = 7, MostDigits = 15;

    /// <summary>Reads digits, or a JID of a user or group.</summary>
    public static bool TryParse(string text, out Jid recipient)
    {
        recipient = default;
        if (text.Contains('@', StringComparison.Ordinal))
            return Jid.TryParse(text, out recipient) && (recipient.IsPhoneNumber || recipient.IsLid || recipient.IsGroup);
        if (text.Length is < FewestDigits or > MostDigits || text[0] == '0' || !text.All(char.IsAsciiDigit))
            return false;

        recipient = new Jid(text, JidServer.PhoneNumber);
        return true;
    }

    /// <returns>The JID to send to, or null when the number is not on WhatsApp.</returns>
    public static async Task<Jid?> ResolveAsync(WhatsAppClient client, Jid recipient, CancellationToken ct) =>
        recipient.IsPhoneNumber ? await client.ResolveAsync(recipient.User, ct) : recipient;

    /// <summary>The user behind the first of these forms that WhatsApp knows.</summary>
    public static async Task<Jid?> ResolveAsync(WhatsAppClient client, IReadOnlyList<string> forms, CancellationToken ct)
    {
        foreach (var form in forms)
        {
            if (TryParse(form, out var recipient) && await ResolveAsync(client, recipient, ct) is { } user)
                return user;
        }

        return null;
    }
}
