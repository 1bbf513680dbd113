using System.Text.Json.Serialization;

namespace Recado.Server.Storage;

/// <summary>A row of <c>whatsapp_sessions</c> as clients see it: without <c>session_data</c>.</summary>
internal sealed record SessionRow
{
    [JsonPropertyName("id")] public required Guid Id { get; init; }

    [JsonPropertyName("user_id")] public required Guid UserId { get; init; }

    [JsonPropertyName("name")] public string? Name { get; init; }

    /// <summary>Digits in international form, once paired.</summary>
    [JsonPropertyName("phone_number")] public string? PhoneNumber { get; init; }

    [JsonPropertyName("lid")] public string? Lid { get; init; }

    /// <summary>One of <see cref="SessionStates"/>.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>A sentence: what happened and what to do.</summary>
    [JsonPropertyName("reason")] public string? Reason { get; init; }

    /// <summary>The same as a stable word in snake_case, such as <c>client_outdated</c>.</summary>
    [JsonPropertyName("reason_code")] public string? ReasonCode { get; init; }

    [JsonPropertyName("settings")] public SessionSettings Settings { get; init; } = new();

    [JsonPropertyName("last_connected_at")] public DateTimeOffset? LastConnectedAt { get; init; }

    [JsonPropertyName("created_at")] public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")] public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether the session has credentials of a linked device.</summary>
    [JsonIgnore] public bool IsPaired { get; init; }
}
