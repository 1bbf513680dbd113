using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recado.Server.Storage;

/// <summary>A row of <c>messages</c> as clients see it.</summary>
internal sealed record MessageRow
{
    /// <summary>The chat that status updates are kept under.</summary>
    public const string StatusFeed = "status@broadcast";

    [JsonPropertyName("id")] public required Guid Id { get; init; }

    [JsonPropertyName("user_id")] public required Guid UserId { get; init; }

    [JsonPropertyName("lead_id")] public Guid? LeadId { get; init; }

    [JsonPropertyName("whatsapp_session_id")] public required Guid SessionId { get; init; }

    /// <summary>One of <see cref="MessageDirections"/>.</summary>
    [JsonPropertyName("direction")] public required string Direction { get; init; }

    /// <summary>An object with <c>type</c> and the fields of that kind; text has <c>text</c> and <c>conversation</c>.</summary>
    [JsonPropertyName("content")] public required JsonElement Content { get; init; }

    /// <summary><c>queued</c>, <c>pending</c>, <c>sent</c>, <c>delivered</c>, <c>read</c>, <c>played</c>, <c>failed</c>; <c>received</c> for the other side's.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    [JsonPropertyName("timestamp")] public required DateTimeOffset Timestamp { get; init; }

    [JsonPropertyName("whatsapp_id")] public required string WhatsAppId { get; init; }

    /// <summary>Of a reaction, vote, edit and the like, the <c>whatsapp_id</c> of the message it is about.</summary>
    [JsonPropertyName("about"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? About { get; init; }

    /// <summary>JID of the chat: by LID when it is known.</summary>
    [JsonPropertyName("chat")] public required string Chat { get; init; }

    /// <summary>JID of the sender: by phone number when it is known.</summary>
    [JsonPropertyName("sender")] public required string Sender { get; init; }

    /// <summary>The other side's phone number in digits, when known (in a group or of a status update: the sender's).</summary>
    [JsonPropertyName("phone_number")] public string? PhoneNumber { get; init; }

    /// <summary>The other side's LID, when known (in a group or of a status update: the sender's).</summary>
    [JsonPropertyName("lid")] public string? Lid { get; init; }

    [JsonPropertyName("push_name")] public string? PushName { get; init; }

    /// <summary>What the phone's address book calls the other side. Kept with the chat, not with the message.</summary>
    [JsonIgnore] public string? ContactName { get; init; }

    [JsonPropertyName("is_group")] public bool IsGroup { get; init; }

    /// <summary>Whose <see cref="PushName"/> it is, when it is the newest one that there is.</summary>
    [JsonIgnore]
    public string? Named =>
        this is { Direction: MessageDirections.Received, PushName.Length: > 0, Origin: not "history" } ? Lid ?? Sender : null;

    /// <summary>Whether many write in the chat, so that it says nothing of the author.</summary>
    [JsonIgnore] public bool IsShared => IsGroup || Chat == StatusFeed;

    /// <summary><c>live</c>; <c>offline</c> for what had waited at the service, <c>history</c> for what the phone remembers.</summary>
    [JsonPropertyName("origin")] public required string Origin { get; init; }

    /// <summary>Of a message to a group, how far it has come with each member; only where one message is read.</summary>
    [JsonPropertyName("receipts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MessageReceipt>? Receipts { get; init; }
}

/// <param name="Participant">JID of the member.</param>
/// <param name="Status"><c>sent</c>, <c>delivered</c>, <c>read</c> or <c>played</c>.</param>
/// <param name="At">When it came that far.</param>
internal sealed record MessageReceipt(
    [property: JsonPropertyName("participant")] string Participant,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("at")] DateTimeOffset At);
