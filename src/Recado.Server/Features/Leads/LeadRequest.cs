using System.Text.Json;
using System.Text.Json.Serialization;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>
/// A lead to add, or what to change of one: a member that is absent changes nothing, null clears it. A member of any other name goes into
/// <c>data</c>; those of a row that nobody can set, such as <c>id</c>, are passed over.
/// </summary>
public sealed record LeadRequest
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>The person's name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init => field = Given("name", value); }

    /// <summary>A phone number in international form, in any punctuation. Messages of the person are linked to the lead by it.</summary>
    [JsonPropertyName("phone_number")]
    public string? PhoneNumber { get; init => field = Given("phone_number", value); }

    [JsonPropertyName("email")]
    public string? Email { get; init => field = Given("email", value); }

    /// <summary>The name of the person's company.</summary>
    [JsonPropertyName("company")]
    public string? Company { get; init => field = Given("company", value); }

    /// <summary>A UUID of the caller's own world.</summary>
    [JsonPropertyName("company_id")]
    public string? CompanyId { get; init => field = Given("company_id", value); }

    /// <summary>One of the user's sessions.</summary>
    [JsonPropertyName("whatsapp_session_id")]
    public string? SessionId { get; init => field = Given("whatsapp_session_id", value); }

    /// <summary>A word of the caller's; <c>new</c> by default.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init => field = Given("status", value); }

    /// <summary>Where the lead comes from.</summary>
    [JsonPropertyName("source")]
    public string? Source { get; init => field = Given("source", value); }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string?>? Tags { get; init => field = Given("tags", value); }

    /// <summary>An object with anything else. It takes the place of the one before.</summary>
    [JsonPropertyName("data")]
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init => field = Given("data", value); }

    /// <summary>Any other member: it is set in <c>data</c>, or with null removed from it.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; init; }

    internal bool Has(string field) => _given.Contains(field);

    private T Given<T>(string name, T value)
    {
        _given.Add(name);
        return value;
    }
}
