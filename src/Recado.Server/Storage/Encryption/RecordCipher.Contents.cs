using System.Text;
using System.Text.Json;

namespace Recado.Server.Storage.Encryption;

/// <summary>
/// What people write, encrypted when the operator wants it. It stays JSON, <c>{"encrypted":"recado:&lt;base64&gt;"}</c>, so that whoever else
/// reads the column (Supabase) finds what the column promises. Of a message its <c>type</c> stands beside it, which statements ask for.
/// </summary>
internal sealed partial class RecordCipher
{
    private const string Member = "encrypted", Type = "type", Prefix = "recado:";
    private const string UnreadableMessage = """{"type":"unreadable"}""", UnreadableEvent = """{"unreadable":true}""";

    /// <summary>Whether contents are encrypted when they are written.</summary>
    public bool SealsContents { get; }

    /// <summary>The form in which a content is stored.</summary>
    public string SealContent(RecordPlace place, string json) => SealsContents ? ToJson(place, Seal(place, Encoding.UTF8.GetBytes(json)), json) : json;

    /// <summary>
    /// The content that is stored, encrypted or not; null when it cannot be read, which must not keep others from being read
    /// (<c>recado doctor</c> says why).
    /// </summary>
    public string? FindContent(RecordPlace place, string stored)
    {
        try
        {
            return FindSealed(stored) is { } data ? Encoding.UTF8.GetString(Open(place, data)) : stored;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    /// <summary>The content of a message, to be shown.</summary>
    public JsonElement OpenMessage(Guid sessionId, string direction, string whatsAppId, string stored) =>
        JsonElement.Parse(FindContent(RecordPlace.Message(sessionId, direction, whatsAppId), stored) ?? UnreadableMessage);

    /// <summary>The payload of an event, to be shown.</summary>
    public string OpenEvent(Guid? sessionId, Guid userId, long eventId, string stored) =>
        FindContent(RecordPlace.Event(sessionId, userId, eventId), stored) ?? UnreadableEvent;

    /// <summary>The form in which an encrypted content is stored.</summary>
    /// <param name="content">The same in the clear, or as it was stored before.</param>
    public static string ToJson(RecordPlace place, ReadOnlySpan<byte> sealed_, string content)
    {
        var kind = place.IsMessage && JsonElement.Parse(content).TryGetProperty(Type, out var type) ? $"\"{Type}\":{type.GetRawText()}," : "";
        return $$"""{{{kind}}"{{Member}}":"{{Prefix}}{{Convert.ToBase64String(sealed_)}}"}""";
    }

    /// <summary>The encrypted bytes of a stored content; null when it is in the clear. Damaged ones are empty, which nothing opens.</summary>
    public static byte[]? FindSealed(string stored)
    {
        if (!stored.Contains(Prefix, StringComparison.Ordinal))
            return null;

        var content = JsonElement.Parse(stored);
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty(Member, out var member) || member.ValueKind != JsonValueKind.String
            || member.GetString() is not { } text || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var data = new byte[text.Length];
        return Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), data, out var length) ? data[..length] : [];
    }
}
