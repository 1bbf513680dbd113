using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recado.Server.Storage;

/// <summary>A row of <c>user_events</c>: one event of one user, numbered in order.</summary>
/// <param name="EventId">Rises by one per user, without gaps at the time of writing.</param>
/// <param name="Payload">A JSON object with the event's fields, without <c>type</c> and <c>eventId</c>.</param>
internal sealed record EventRow(Guid UserId, long EventId, Guid? SessionId, string Type, string Payload, DateTimeOffset CreatedAt)
{
    /// <summary>The WebSocket frame: <c>{"type":…,"eventId":…,</c> the payload's fields, then <paramref name="more"/>'s <c>}</c>.</summary>
    public ReadOnlyMemory<byte> ToFrame(JsonObject? more = null)
    {
        var buffer = new ArrayBufferWriter<byte>(Payload.Length + 64);
        using var writer = new Utf8JsonWriter(buffer);
        using var payload = JsonDocument.Parse(Payload);

        writer.WriteStartObject();
        writer.WriteString("type", Type);
        writer.WriteNumber("eventId", EventId);
        foreach (var field in payload.RootElement.EnumerateObject())
            field.WriteTo(writer);
        foreach (var (name, value) in more ?? [])
        {
            writer.WritePropertyName(name);
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}

/// <summary>Types of events in the log, as the WebSocket spells them.</summary>
internal static class EventTypes
{
    /// <summary>The row never holds the code, which is a secret; see <see cref="EventRow"/>'s <c>expiresAt</c> and the live session.</summary>
    public const string QrCode = "qr_code";
    public const string SessionReady = "session_ready";
    public const string StatusUpdate = "status_update";
    public const string MessageReceived = "message_received";
    public const string MessageEcho = "message_echo";
    public const string MessageEdited = "message_edited";
    public const string MessageDeleted = "message_deleted";
    public const string MessageStatus = "message_status";

    /// <summary>Received messages were read, here or on another device of the account.</summary>
    public const string ChatRead = "chat_read";

    /// <summary>Something has changed in a group, or the account came into one.</summary>
    public const string GroupUpdate = "group_update";

    /// <summary>A part of the phone's history is stored, or cannot be had.</summary>
    public const string HistoryProgress = "history_progress";

    /// <summary>What had waited at WhatsApp while the session was away is stored.</summary>
    public const string CaughtUp = "caught_up";

    /// <summary>The file of a message has arrived in our store, or cannot be had.</summary>
    public const string MediaStatus = "media_status";

    /// <summary>Somebody whose presence is looked at came or went.</summary>
    public const string PresenceUpdate = "presence_update";

    /// <summary>Somebody types, records or has stopped.</summary>
    public const string ChatState = "chat_state";

    public const string CallReceived = "call_received";

    public const string CallEnded = "call_ended";

    public const string PictureChanged = "picture_changed";

    public const string AboutChanged = "about_changed";
    public const string ContactsChanged = "contacts_changed";

    /// <summary>A lead came into being, by a message or by hand.</summary>
    public const string LeadCreated = "lead_created";

    public const string LeadUpdated = "lead_updated";

    public const string LeadDeleted = "lead_deleted";
}
