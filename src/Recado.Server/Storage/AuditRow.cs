using System.Text.Json.Serialization;

namespace Recado.Server.Storage;

/// <summary>A row of <c>audit_log</c>: something that was done, or tried, in a user's name.</summary>
internal sealed record AuditRow
{
    /// <summary>What <see cref="Outcome"/> is unless it is an error's code.</summary>
    public const string Done = "ok";

    /// <summary>A UUID of version 7: the order of the ids is that of time.</summary>
    [JsonPropertyName("id")] public required Guid Id { get; init; }

    [JsonPropertyName("user_id")] public required Guid UserId { get; init; }

    [JsonPropertyName("at")] public required DateTimeOffset At { get; init; }

    /// <summary>A stable name, such as <c>session.create</c>.</summary>
    [JsonPropertyName("action")] public required string Action { get; init; }

    [JsonPropertyName("session_id")] public Guid? SessionId { get; init; }

    /// <summary>Id of what it was done to, beside the session: a lead, an API key's prefix.</summary>
    [JsonPropertyName("target")] public string? Target { get; init; }

    /// <summary>The API key that did it; null when the user did.</summary>
    [JsonPropertyName("key_prefix")] public string? KeyPrefix { get; init; }

    [JsonPropertyName("address")] public string? Address { get; init; }

    [JsonPropertyName("user_agent")] public string? UserAgent { get; init; }

    /// <summary><c>ok</c>, or the code of the error that was the answer.</summary>
    [JsonPropertyName("outcome")] public required string Outcome { get; init; }
}
