using Recado.Protocol;

namespace Recado.Server.Storage;

/// <summary>The person at the other end of a chat of two: phone number and LID, as far as they are known.</summary>
internal sealed record LeadContact(string? PhoneNumber, string? Lid)
{
    private const string WhatsAppItself = "0";

    /// <summary>The forms of the number under which a lead may have it.</summary>
    public IReadOnlyList<string> Numbers { get; } = PhoneNumber is null ? [] : NumberForms.Of(PhoneNumber);

    /// <summary>With whom a message is exchanged; null in groups and broadcasts, and for what the phone remembers of the past.</summary>
    public static LeadContact? Of(MessageRow row)
    {
        if (row.IsGroup || row.Origin == "history" || !Jid.TryParse(row.Chat, out var chat) || !(chat.IsLid || chat.IsPhoneNumber))
            return null;

        var number = row.PhoneNumber ?? (chat.IsPhoneNumber ? chat.User : null);
        var lid = row.Lid ?? (chat.IsLid ? chat.ToUser().ToString() : null);
        return number == WhatsAppItself ? null : new LeadContact(number, lid);
    }

    /// <summary>Whether a lead's number is this person's, in whatever punctuation it was written down.</summary>
    public bool HasNumber(LeadRow lead) =>
        lead.PhoneNumber is { } number && Numbers.Contains(string.Concat(number.Where(char.IsAsciiDigit)));
}
