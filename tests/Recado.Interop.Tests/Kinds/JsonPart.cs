using System.Globalization;
using System.Text.Json;

namespace Recado.Interop.Tests.Kinds;

/// <summary>Compares JSON with what it must hold at least.</summary>
internal static class JsonPart
{
    /// <summary>Fails unless <paramref name="actual"/> holds every member of <paramref name="expected"/>, at any depth; lists match as a whole.</summary>
    public static void Contained(string expected, JsonElement actual)
    {
        if (Difference(JsonElement.Parse(expected), actual, "") is { } difference)
            Assert.Fail($"{difference}\nExpected at least: {expected}\nActual: {actual}");
    }

    private static string? Difference(JsonElement expected, JsonElement actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when actual.ValueKind == JsonValueKind.Object:
                foreach (var member in expected.EnumerateObject())
                {
                    if (!actual.TryGetProperty(member.Name, out var value))
                        return $"{path}/{member.Name} is missing.";
                    if (Difference(member.Value, value, $"{path}/{member.Name}") is { } difference)
                        return difference;
                }

                return null;
            case JsonValueKind.Array when actual.ValueKind == JsonValueKind.Array && actual.GetArrayLength() == expected.GetArrayLength():
                return expected.EnumerateArray()
                    .Zip(actual.EnumerateArray(), (e, a) => (e, a))
                    .Select((pair, i) => Difference(pair.e, pair.a, $"{path}/{i.ToString(CultureInfo.InvariantCulture)}"))
                    .FirstOrDefault(d => d is not null);
            default:
                return JsonElement.DeepEquals(expected, actual) ? null : $"{path} is {actual}.";
        }
    }
}
