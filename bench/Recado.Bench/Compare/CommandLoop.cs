using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recado.Bench.Compare;

/// <summary>The other end of <see cref="ChildProcess"/>: reads commands from standard input until it closes, one JSON object per line.</summary>
internal static class CommandLoop
{
    public static async Task<int> RunAsync(IReadOnlyDictionary<string, Func<JsonElement, Task<JsonNode?>>> commands)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            using var input = JsonDocument.Parse(line);
            var name = input.RootElement.GetProperty("command").GetString()!;
            try
            {
                Write(new JsonObject { ["result"] = await commands[name](input.RootElement) });
            }
            catch (Exception failure) // the other process decides what it means
            {
                Write(new JsonObject { ["error"] = $"{name}: {failure}" });
            }
        }

        return 0;
    }

    public static void Write(JsonObject line) => Console.Out.WriteLine(line.ToJsonString());
}
