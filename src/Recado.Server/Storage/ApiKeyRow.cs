using System.Text.Json.Serialization;

namespace Recado.Server.Storage;

/// <summary>A row of <c>api_keys</c> as its user sees it: without the key, which nobody has but who was given it, and without its hash.</summary>
internal sealed record ApiKeyRow
{
    [JsonPropertyName("id")] public required Guid Id { get; init; }

    [JsonPropertyName("user_id")] public required Guid UserId { get; init; }

    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>The visible beginning of the key, unique among all keys.</summary>
    [JsonPropertyName("prefix")] public required string Prefix { get; init; }

    [JsonPropertyName("scopes")] public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The only sessions that the key reaches; null for all.</summary>
    [JsonPropertyName("sessions")] public IReadOnlyList<Guid>? Sessions { get; init; }

    [JsonPropertyName("created_at")] public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("last_used_at")] public DateTimeOffset? LastUsedAt { get; init; }

    [JsonPropertyName("expires_at")] public DateTimeOffset? ExpiresAt { get; init; }
}
