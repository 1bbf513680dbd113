using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Who may see what of whom. Two accounts that have exchanged messages count as contacts; a token makes up for it where they have not.</summary>
internal sealed class Visibility(Exchange exchange)
{
    private const long Week = 604_800, LiveWeeks = 4;

    /// <summary>Whether the privacy setting lets the asker see what it governs.</summary>
    /// <param name="asker">Who wants to see.</param>
    /// <param name="shown">Whose.</param>
    /// <param name="setting">One of <see cref="PrivacySettings"/>.</param>
    /// <param name="isTrusted">Whether the asker is known to the other, or has shown a token of theirs.</param>
    public static bool Sees(Account asker, Account shown, string setting, bool isTrusted) =>
        asker == shown || (!Blocks(shown, asker) && shown.Profile.Privacy[setting] switch
        {
            PrivacySettings.Everyone => true,
            "none" => false,
            _ => isTrusted,
        });

    public static bool Blocks(Account account, Account other) => account.Profile.Blocked.Contains(other.Phone);

    /// <summary>Whether a device's account is known to the other, or shows a token that the other has given it.</summary>
    public bool IsTrusted(Device device, Account shown, Node? token)
    {
        if (token is null)
            return shown == device.Account || shown.Contacts.Contains(device.Account.Phone);

        if (shown.IssuedTokens.TryGetValue(device.Account.Phone, out var issued) && token.Bytes.Span.SequenceEqual(issued.Value))
            return shown.Contacts.Contains(device.Account.Phone) || issued.Timestamp >= ((exchange.Now.ToUnixTimeSeconds() / Week) - (LiveWeeks - 1)) * Week;

        exchange.Trace.Violation(device.ToString(), "A trusted-contact token is not one that the account has given.");
        return false;
    }
}
