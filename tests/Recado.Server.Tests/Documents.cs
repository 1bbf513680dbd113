using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Recado.Server.Tests;

/// <summary>The pages of <c>docs</c> whose examples tests carry out.</summary>
internal static class Documents
{
    public static Task<string> ReadAsync(string name, [CallerFilePath] string here = "") =>
        ReadFileAsync("docs", name, here);

    /// <summary>A file of another folder of the repository.</summary>
    public static Task<string> ReadFileAsync(string folder, string name, [CallerFilePath] string here = "") =>
        File.ReadAllTextAsync(Path.Combine(FindRoot(here), folder, name), TestContext.Current.CancellationToken);

    /// <summary>Everything that the page shows is there; there may be more. Lists have the same length.</summary>
    public static void AssertHolds(JsonElement expected, JsonElement actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in expected.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(member.Name, out var value), $"'{member.Name}' is missing in {actual}");
                    AssertHolds(member.Value, value);
                }

                break;
            case JsonValueKind.Array when actual.ValueKind == JsonValueKind.Array && actual.GetArrayLength() == expected.GetArrayLength():
                foreach (var (shown, given) in expected.EnumerateArray().Zip(actual.EnumerateArray()))
                    AssertHolds(shown, given);

                break;
            default:
                Assert.True(JsonElement.DeepEquals(expected, actual), $"{actual} instead of {expected}");
                break;
        }
    }

    private static string FindRoot(string here)
    {
        var folder = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "Recado.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"Recado.slnx stands in no folder above {here}.");

        return folder;
    }
}
