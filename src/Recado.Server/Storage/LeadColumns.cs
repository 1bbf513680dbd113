using System.Text.Json;
using Recado.Server.Hosting;

namespace Recado.Server.Storage;

/// <summary>
/// Reads the JSON of a lead's columns. Users write leads through Supabase as well, and may write any JSON: whatever it is, it can be shown.
/// </summary>
internal static class LeadColumns
{
    private const int Deepest = 24; // what answers can hold, and more than is taken by the API

    /// <summary>The object, or what is there instead; JSON that is too deep to be shown, as text.</summary>
    public static JsonElement Data(string? json)
    {
        if (json is null)
            return JsonElement.Parse("{}");

        try
        {
            var data = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            return data.ValueKind == JsonValueKind.Null ? JsonElement.Parse("{}") : data;
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json);
        }
    }

    /// <summary>The tags of a list, or the one that stands there without one.</summary>
    public static IReadOnlyList<string> Tags(string? json)
    {
        var tags = Data(json);
        return tags.ValueKind switch
        {
            JsonValueKind.Array => [.. tags.EnumerateArray().Select(Text).OfType<string>()],
            _ => Text(tags) is { } tag ? [tag] : [],
        };
    }

    public static string Json(IReadOnlyList<string> tags) => JsonSerializer.Serialize(tags, RecadoJson.Options);

    private static string? Text(JsonElement tag) => tag.ValueKind switch
    {
        JsonValueKind.String => tag.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => tag.GetRawText(),
        _ => null,
    };
}
