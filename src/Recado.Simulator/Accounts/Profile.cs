namespace Recado.Simulator.Accounts;

/// <summary>What an account shows of itself, and what it has chosen about others. Guarded by the exchange's lock.</summary>
internal sealed class Profile
{
    public string About { get; set; } = "";

    /// <summary>When it was set, in Unix seconds; 0 for never.</summary>
    public long AboutSince { get; set; }

    public ProfilePicture? Picture { get; set; }

    /// <summary>What a business says about itself; <see langword="null"/> when the account is none.</summary>
    public BusinessCard? Business { get; set; }

    public Dictionary<string, string> Privacy { get; } = PrivacySettings.Defaults.ToDictionary();

    /// <summary>Numbers of the accounts it does not want to hear of.</summary>
    public SortedSet<string> Blocked { get; } = new(StringComparer.Ordinal);

    /// <summary>Seconds after which messages of new chats disappear; 0 when they stay.</summary>
    public long DefaultTimer { get; set; }

    public long DefaultTimerSince { get; set; }
}

/// <summary>A picture. The simulator scales none: the small form has the same bytes.</summary>
/// <param name="Id">Rises with every picture.</param>
/// <param name="Key">What makes its address one that cannot be guessed.</param>
/// <param name="Jpeg">The bytes.</param>
internal sealed record ProfilePicture(string Id, string Key, byte[] Jpeg);

/// <summary>What a business says about itself.</summary>
/// <param name="Name">Its verified name.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Description">What it does.</param>
/// <param name="Email">Its e-mail address.</param>
/// <param name="Website">Its page.</param>
/// <param name="Category">What it counts itself among.</param>
public sealed record BusinessCard(
    string Name, string? Address = null, string? Description = null, string? Email = null, string? Website = null, string? Category = null);

/// <summary>The privacy settings there are, and their values.</summary>
internal static class PrivacySettings
{
    public const string LastSeen = "last", Online = "online", Picture = "profile", About = "status", GroupAdd = "groupadd", Everyone = "all", MatchLastSeen = "match_last_seen";

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; } = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        [LastSeen] = [Everyone, "contacts", "contact_blacklist", "none"],
        [Picture] = [Everyone, "contacts", "contact_blacklist", "none"],
        [About] = [Everyone, "contacts", "contact_blacklist", "none"],
        [GroupAdd] = [Everyone, "contacts", "contact_blacklist", "none"],
        [Online] = [Everyone, MatchLastSeen],
        ["readreceipts"] = [Everyone, "none"],
        ["calladd"] = [Everyone, "known"],
        ["messages"] = [Everyone, "contacts"],
        ["defense"] = ["off", "on_standard"],
        ["stickers"] = ["contacts", "contact_allowlist", "none"],
    };

    /// <summary>A new account's: the first value of each.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = Values.ToDictionary(setting => setting.Key, setting => setting.Value[0]);
}
