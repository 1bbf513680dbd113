using Recado.Protocol;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Whom a message goes to: the forms to try at WhatsApp, in order.</summary>
internal sealed record Recipient(IReadOnlyList<string> Forms)
{
    private const int LongestText = 128;

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
            ? (new Recipient(NumberForms.Of(user.User)), null)
            : (new Recipient([user.ToString()]), null);
    }

    private static (Recipient?, string?) ParseNumber(string text)
    {
        var (digits, fault) = PhoneNumberText.Read(text, "to");
        return digits is null ? (null, fault ?? "'to' is not a phone number in international form, such as +55 11 91234-5678, nor a JID.") : (new Recipient(NumberForms.Of(digits)), null);
    }
}
