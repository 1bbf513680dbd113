using Recado.Client.Calls;
using Recado.Client.Contacts;
using Recado.Client.Presence;
using Recado.Client.Profile;
using Recado.Protocol;

namespace Recado.Client;

/// <summary>Everything about people but their messages.</summary>
public sealed partial class WhatsAppClient
{
    private readonly NumberChecks _numbers;

    /// <summary>Whether the account appears online, whose presence it looks at, what it is seen typing.</summary>
    public PresenceClient Presence { get; }

    /// <summary>Calls that ring.</summary>
    public CallClient Calls { get; }

    /// <summary>Who is on WhatsApp, what they show of themselves, who is blocked.</summary>
    public ContactClient Contacts { get; }

    /// <summary>The account's own name, about text, picture and privacy.</summary>
    public ProfileClient Profile { get; }

    /// <summary>
    /// The JID of a phone number in international form, any punctuation, as WhatsApp knows it; null when it has no WhatsApp. The answer is kept
    /// for a while.
    /// </summary>
    /// <exception cref="ArgumentException">The text has fewer than 7 digits, more than 15, or begins with 0.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<Jid?> ResolveAsync(string phoneNumber, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(phoneNumber);
        var status = (await Contacts.IsOnWhatsAppAsync([phoneNumber], ct).ConfigureAwait(false))[0];
        return status.PhoneNumber ?? status.Lid;
    }
}
