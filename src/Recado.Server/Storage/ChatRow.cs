using System.Text.Json.Serialization;

namespace Recado.Server.Storage;

/// <summary>A chat as clients see it.</summary>
internal sealed record ChatRow
{
    /// <summary>JID of the chat: by LID when it is known.</summary>
    [JsonPropertyName("chat")] public required string Chat { get; init; }

    /// <summary>The other side's name in the phone's address book, else what it calls itself, when it has told; of a group, its subject.</summary>
    [JsonPropertyName("name")] public string? Name { get; init; }

    [JsonPropertyName("is_group")] public bool IsGroup { get; init; }

    /// <summary>The other side's phone number in digits, when known.</summary>
    [JsonPropertyName("phone_number")] public string? PhoneNumber { get; init; }

    /// <summary>The other side's LID, when known.</summary>
    [JsonPropertyName("lid")] public string? Lid { get; init; }

    /// <summary>Received messages that nobody has read, neither here nor on the phone.</summary>
    [JsonPropertyName("unread_count")] public int UnreadCount { get; init; }

    /// <summary>When the newest message was written.</summary>
    [JsonPropertyName("last_at")] public required DateTimeOffset LastAt { get; init; }

    /// <summary>The newest message, as a row of <c>messages</c>.</summary>
    [JsonPropertyName("last_message")] public MessageRow? LastMessage { get; init; }

    /// <summary>After how many seconds new messages disappear; 0 for never, null when nobody has said.</summary>
    [JsonPropertyName("disappearing_seconds")] public int? DisappearingSeconds { get; init; }

    /// <summary>Whether the phone has put it away, as of when the session was linked.</summary>
    [JsonPropertyName("is_archived")] public bool IsArchived { get; init; }

    /// <summary>When it was pinned to the top on the phone; null when it is not.</summary>
    [JsonPropertyName("pinned_at")] public DateTimeOffset? PinnedAt { get; init; }

    /// <summary>Until when it makes no sound on the phone; null when it does.</summary>
    [JsonPropertyName("muted_until")] public DateTimeOffset? MutedUntil { get; init; }

    [JsonIgnore] public DateTimeOffset? DisappearingSetAt { get; init; }
}
