using Recado.Client;
using Recado.Protocol;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// Finds the JID behind a recipient. WhatsApp is asked which form of a number it knows (Brazil's ninth digit, Mexico's 1); its answers are
/// remembered for a day. Used by one session only.
/// </summary>
internal sealed class Recipients(TimeProvider time)
{
    private const int Capacity = 4096, FewestDigits = 7, MostDigits = 15;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly Dictionary<string, (Jid Jid, DateTimeOffset Until)> _known = [];

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
    public async Task<Jid?> ResolveAsync(WhatsAppClient client, Jid recipient, CancellationToken ct)
    {
        if (!recipient.IsPhoneNumber)
            return recipient;

        var now = time.GetUtcNow();
        if (_known.TryGetValue(recipient.User, out var known) && known.Until > now)
            return known.Jid;

        if (await client.ResolveAsync(recipient.User, ct) is not { } jid)
            return null;

        if (_known.Count >= Capacity)
            _known.Clear(); // asking again costs a round trip each, nothing more
        _known[recipient.User] = (jid, now + Lifetime);
        return jid;
    }
}
