using System.Text.Json;

namespace Recado.Server.Storage;

/// <summary>What a message tells of its chat's disappearing timer.</summary>
/// <param name="Seconds">After how long messages disappear; 0 for never.</param>
/// <param name="SetAt">When it was set; null for a message that only follows the timer.</param>
internal sealed record ChatTimer(int Seconds, DateTimeOffset? SetAt)
{
    /// <summary>Reads it out of a message's content; null when that says nothing of a timer.</summary>
    public static ChatTimer? Of(MessageRow row)
    {
        var content = row.Content;
        if (content.TryGetProperty("type", out var type) && type.ValueEquals("disappearing_timer"))
        {
            var setAt = content.TryGetProperty("at", out var at) && at.TryGetDateTimeOffset(out var time) ? time : row.Timestamp;
            return new ChatTimer(Read(content, "seconds"), setAt);
        }

        if (content.TryGetProperty("changes", out var changes) && changes.ValueKind == JsonValueKind.Array)
        {
            // Of a group the timer is a setting, and changes are told as such.
            var set = changes.EnumerateArray().LastOrDefault(change => change.TryGetProperty("type", out var kind) && kind.ValueEquals("disappearing_timer"));
            return set.ValueKind == JsonValueKind.Object ? new ChatTimer(Read(set, "seconds"), row.Timestamp) : null;
        }

        return content.TryGetProperty("context", out var context) && context.TryGetProperty("expiresAfterSeconds", out _)
            ? new ChatTimer(Read(context, "expiresAfterSeconds"), SetAt: null)
            : null;
    }

    private static int Read(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.TryGetDouble(out var seconds) ? (int)Math.Clamp(seconds, 0, int.MaxValue) : 0;
}
