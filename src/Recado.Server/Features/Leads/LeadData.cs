using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>What a caller keeps of a lead, in whatever form, within bounds.</summary>
internal static class LeadData
{
    public const string TooLargeCode = "lead_data_too_large";
    private const int Largest = 64 * 1024, Deepest = 16, MostValues = 2000, LongestName = 100;

    public static string TooLarge => string.Create(CultureInfo.InvariantCulture, $"'data', with all other members, may be {Largest} bytes of JSON at most.");

    public static bool IsTooLarge(JsonElement data) => Encoding.UTF8.GetByteCount(data.GetRawText()) > Largest;

    /// <returns>Null when the members are within bounds; how large they make the whole is not looked at.</returns>
    public static (string Code, string Sentence)? FindFault(IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        var count = 0;
        foreach (var (name, value) in members)
        {
            if (!IsBounded(name, value, Deepest - 1, ref count))
            {
                return ("lead_data_too_complex", string.Create(
                    CultureInfo.InvariantCulture,
                    $"'data' may hold {MostValues} values in all and be {Deepest} levels deep; names in it may have {LongestName} characters."));
            }
        }

        return null;
    }

    /// <summary>The data as given, or else as the lead has it, with other members set in it; null removes one.</summary>
    public static JsonElement Of(IReadOnlyDictionary<string, JsonElement>? given, IEnumerable<KeyValuePair<string, JsonElement>> others, LeadRow lead)
    {
        var data = given is not null ? new JsonObject(given.Select(member => KeyValuePair.Create(member.Key, Node(member.Value))))
            : lead.Data.ValueKind == JsonValueKind.Object ? JsonObject.Create(lead.Data)!
            : [];
        foreach (var (name, value) in others)
        {
            if (value.ValueKind == JsonValueKind.Null)
                data.Remove(name);
            else
                data[name] = Node(value);
        }

        return JsonSerializer.SerializeToElement(data, RecadoJson.Options);
    }

    private static bool IsBounded(string name, JsonElement value, int depth, ref int count)
    {
        if (++count > MostValues || name.Length > LongestName)
            return false;
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            return true;
        if (depth == 0)
            return false;

        var inside = value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().Select(member => (member.Name, member.Value))
            : value.EnumerateArray().Select(item => ("", item));
        foreach (var (inner, item) in inside)
        {
            if (!IsBounded(inner, item, depth - 1, ref count))
                return false;
        }

        return true;
    }

    private static JsonNode? Node(JsonElement value) => JsonSerializer.SerializeToNode(value);
}
