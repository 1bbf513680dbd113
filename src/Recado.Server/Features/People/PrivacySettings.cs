using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.People;

/// <summary>The privacy settings that WhatsApp knows, under its own names.</summary>
internal static class PrivacySettings
{
    private static readonly string[] Circles = ["all", "contacts", "contact_blacklist", "none"];

    private static readonly SortedDictionary<string, string[]> Values = new(StringComparer.Ordinal)
    {
        ["last"] = Circles,
        ["profile"] = Circles,
        ["status"] = Circles,
        ["groupadd"] = Circles,
        ["online"] = ["all", "match_last_seen"],
        ["readreceipts"] = ["all", "none"],
        ["calladd"] = ["all", "known"],
        ["messages"] = ["all", "contacts"],
        ["defense"] = ["off", "on_standard"],
        ["stickers"] = ["contacts", "contact_allowlist", "none"],
    };

    /// <returns>What is wrong with the settings, or null.</returns>
    public static ProblemDetails? Check(IReadOnlyDictionary<string, string?> settings)
    {
        if (settings.Count == 0)
            return Problems.InvalidField("", $"Name at least one setting. There are: {string.Join(", ", Values.Keys)}.", "privacy_setting_missing");

        foreach (var (name, value) in settings)
        {
            if (!Values.TryGetValue(name, out var values))
                return Problems.InvalidField(name, $"There is no privacy setting '{name}'. There are: {string.Join(", ", Values.Keys)}.", "privacy_setting_unknown");
            if (value is null || !values.Contains(value))
                return Problems.InvalidField(name, $"'{name}' must be one of: {string.Join(", ", values)}.", "privacy_value_unknown");
        }

        return null;
    }
}
