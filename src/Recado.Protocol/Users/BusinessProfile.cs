using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Users;

/// <summary>What a business says about itself.</summary>
/// <param name="Jid">The business.</param>
public sealed record BusinessProfile(Jid Jid)
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>Where it is.</summary>
    public string? Address { get; init; }

    /// <summary>What it does.</summary>
    public string? Description { get; init; }

    /// <summary>Its pages.</summary>
    public IReadOnlyList<string> Websites { get; init; } = [];

    /// <summary>Its e-mail address.</summary>
    public string? Email { get; init; }

    /// <summary>What it counts itself among.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The time zone of <see cref="Hours"/>, an IANA name.</summary>
    public string? TimeZone { get; init; }

    /// <summary>When it is open.</summary>
    public IReadOnlyList<BusinessHours> Hours { get; init; } = [];

    /// <summary>Reads the answer to <see cref="UserRequests.BusinessProfile"/>; null when the user is no business.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static BusinessProfile? Parse(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        if (iq.RequiredChild("business_profile").Child("profile") is not { } profile)
            return null;

        var hours = profile.Child("business_hours");
        return new(profile.RequiredJid("jid"))
        {
            Address = profile.Child("address")?.Text.OrNull(),
            Description = profile.Child("description")?.Text.OrNull(),
            Websites = [.. profile.ChildrenOf("website").Select(website => website.Text)],
            Email = profile.Child("email")?.Text.OrNull(),
            Categories = [.. (profile.Child("categories")?.ChildrenOf("category") ?? []).Select(category => category.Text)],
            TimeZone = hours?["timezone"],
            Hours = [.. (hours?.ChildrenOf("business_hours_config") ?? []).Select(ParseHours).OfType<BusinessHours>()],
        };
    }

    private static BusinessHours? ParseHours(Node day) =>
        day["day_of_week"] is { } name && day["mode"] is { } mode ? new(name, mode, Time(day, "open_time"), Time(day, "close_time")) : null;

    private static TimeOnly? Time(Node day, string attribute) =>
        day.NumberOf(attribute) is >= 0 and < MinutesOfDay and var minutes ? TimeOnly.MinValue.AddMinutes(minutes) : null;
}

/// <summary>When a business is open on one day.</summary>
/// <param name="Day"><c>sun</c> to <c>sat</c>.</param>
/// <param name="Mode"><c>specific_hours</c>, <c>open_24h</c> or <c>appointment_only</c>.</param>
/// <param name="Opens">From when.</param>
/// <param name="Closes">Until when.</param>
public sealed record BusinessHours(string Day, string Mode, TimeOnly? Opens, TimeOnly? Closes);
