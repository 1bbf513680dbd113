using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Recado.Server.Hosting;

namespace Recado.Server.Storage;

/// <summary>A row of <c>leads</c> as clients see it: a person whom the user wants to win.</summary>
internal sealed record LeadRow
{
    /// <summary>The status of a lead of which nobody has said anything else.</summary>
    public const string New = "new";

    /// <summary>Given when the row is made.</summary>
    [JsonPropertyName("id")] public Guid Id { get; init; }

    [JsonPropertyName("user_id")] public required Guid UserId { get; init; }

    /// <summary>An id of the user's own world.</summary>
    [JsonPropertyName("company_id")] public string? CompanyId { get; init; }

    /// <summary>The session that the lead came by, or is to be written to from.</summary>
    [JsonPropertyName("whatsapp_session_id")] public Guid? SessionId { get; init; }

    /// <summary>An object with whatever the user keeps of the lead.</summary>
    [JsonPropertyName("data")] public JsonElement Data { get; init; } = NoData;

    /// <summary>A word of the user's; <c>new</c> at first.</summary>
    [JsonPropertyName("status")] public string Status { get; init; } = New;

    [JsonPropertyName("name")] public string? Name { get; init; }

    /// <summary>Digits in international form.</summary>
    [JsonPropertyName("phone_number")] public string? PhoneNumber { get; init; }

    /// <summary>The person's LID, once WhatsApp has told it.</summary>
    [JsonPropertyName("lid")] public string? Lid { get; init; }

    [JsonPropertyName("email")] public string? Email { get; init; }

    [JsonPropertyName("company")] public string? Company { get; init; }

    /// <summary>Where the lead comes from: one of <see cref="LeadSources"/>, or a word of the user's.</summary>
    [JsonPropertyName("source")] public string? Source { get; init; }

    [JsonPropertyName("tags")] public IReadOnlyList<string> Tags { get; init; } = [];

    [JsonPropertyName("created_at")] public DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")] public DateTimeOffset UpdatedAt { get; init; }

    private static JsonElement NoData { get; } = JsonElement.Parse("{}");

    /// <summary>The lead as a message makes it.</summary>
    /// <param name="hidesText">Whether contents are encrypted: then what the message says is not repeated here in the clear.</param>
    public LeadRow Made(DateTimeOffset now, bool hidesText)
    {
        var lead = this with { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now };
        if (!hidesText)
            return lead;

        var data = JsonObject.Create(Data)!;
        data.Remove("firstMessage");
        return lead with { Data = JsonSerializer.SerializeToElement(data, RecadoJson.Options) };
    }
}

/// <summary>Where leads come from that nobody has written down by hand.</summary>
internal static class LeadSources
{
    public const string WhatsApp = "whatsapp";

    /// <summary>A click-to-WhatsApp ad.</summary>
    public const string Ad = "whatsapp_ad";
}

/// <summary>Which first messages make leads: the setting <c>leads</c> of a session.</summary>
internal static class LeadModes
{
    public const string Off = "off", On = "on";

    /// <summary>Only those that come by a click-to-WhatsApp ad.</summary>
    public const string Ad = "ad";

    /// <summary>Whether a lead may be made by itself.</summary>
    public static bool Allows(string? mode, LeadRow lead) => mode == On || (mode == Ad && lead.Source == LeadSources.Ad);
}
