using System.Text.Json.Nodes;

namespace Recado.Server.Storage;

/// <summary>What a message about another one changes in that one's content. Pure.</summary>
internal static class MessageAmendments
{
    private static readonly string[] Collected = ["reactions", "votes", "answers", "pinned", "kept"];

    /// <summary>
    /// Whether such a message counts only when it is by the author of what it is about. An admin of a group deletes what others wrote: of those that
    /// we have sent, WhatsApp is the judge by taking them; of those that were received, the client says whether they are by an admin.
    /// </summary>
    /// <param name="action">The content of the message.</param>
    /// <param name="direction">Its direction.</param>
    public static bool IsForAuthor(JsonObject action, string direction) => (string?)action["type"] switch
    {
        "edit" => true,
        "revoke" => direction == MessageDirections.Sent ? (bool?)action["target"]?["fromActor"] != false : (bool?)action["byAdmin"] != true,
        _ => false,
    };

    /// <summary>The content from now on, or null when it stays as it is.</summary>
    /// <param name="target">The content as stored.</param>
    /// <param name="action">The content of the message about it.</param>
    /// <param name="actor">JID of who wrote that.</param>
    /// <param name="at">When; of two by one person the later counts.</param>
    public static JsonObject? Apply(JsonObject target, JsonObject action, string actor, DateTimeOffset at)
    {
        if ((string?)target["type"] == "deleted")
            return null;

        return (string?)action["type"] switch
        {
            "edit" when action["content"] is JsonObject edited => Edit(target, edited, at),
            "revoke" => new JsonObject { ["type"] = "deleted", ["deletedAt"] = Text(at) },
            "reaction" => Collect(target, "reactions", actor, (string?)action["emoji"] is { Length: > 0 } emoji ? emoji : null, at),
            "poll_vote" => Collect(target, "votes", actor, action["options"]?.DeepClone(), at),
            "poll_option" => Offer(target, (string?)action["option"]),
            "event_response" => Collect(target, "answers", actor, action["answer"]?.DeepClone(), at),
            "pin" => With(target, "pinned", (bool?)action["isPinned"] ?? false),
            "keep" => With(target, "kept", (bool?)action["isKept"] ?? false),
            _ => null,
        };
    }

    /// <summary>The content with what is known of its file, or null when it stays as it is.</summary>
    /// <param name="target">The content as stored.</param>
    /// <param name="media">A JSON object.</param>
    public static JsonObject? WithMedia(JsonObject target, string media) =>
        (string?)target["type"] == "deleted" ? null : With(target, "media", JsonNode.Parse(media));

    private static JsonObject? Edit(JsonObject target, JsonObject edited, DateTimeOffset at)
    {
        if ((string?)target["editedAt"] is { } last && string.CompareOrdinal(last, Text(at)) > 0)
            return null;

        // What is edited of a file is its caption.
        var isSameKind = (string?)target["type"] == (string?)edited["type"] && edited["length"] is null;
        var content = isSameKind
            ? (JsonObject)edited.DeepClone()
            : With(target, "caption", (string?)edited["caption"] ?? (string?)edited["text"]);
        foreach (var name in Collected)
        {
            if (isSameKind && target[name] is { } kept)
                content[name] = kept.DeepClone();
        }

        content["edited"] = true;
        content["editedAt"] = Text(at);
        return content;
    }

    /// <summary><c>{"reactions":{"&lt;jid&gt;":{"value":…,"at":…}}}</c>; null takes back.</summary>
    private static JsonObject? Collect(JsonObject target, string name, string actor, JsonNode? value, DateTimeOffset at)
    {
        var content = (JsonObject)target.DeepClone();
        var collected = content[name] as JsonObject ?? [];
        if ((string?)collected[actor]?["at"] is { } last && string.CompareOrdinal(last, Text(at)) > 0)
            return null;

        content.Remove(name);
        collected[actor] = new JsonObject { ["value"] = value, ["at"] = Text(at) };
        content[name] = collected;
        return content;
    }

    /// <summary>A poll has one more option.</summary>
    private static JsonObject? Offer(JsonObject target, string? option)
    {
        if (option is null || target["options"] is not JsonArray options || options.Any(known => (string?)known == option))
            return null;

        return With(target, "options", new JsonArray([.. options.Select(known => known?.DeepClone()), option]));
    }

    private static JsonObject With(JsonObject target, string name, JsonNode? value)
    {
        var content = (JsonObject)target.DeepClone();
        content[name] = value;
        return content;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
