using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Protocol.Binary;
using Recado.Server.Hosting;

namespace Recado.Bench.Compare;

/// <summary>Recado as a child process of the comparison: the commands of <c>baileys/party.mjs</c>.</summary>
internal static class PartyVerb
{
    public static async Task<int> RunAsync()
    {
        Party? party = null;
        var commands = new Dictionary<string, Func<JsonElement, Task<JsonNode?>>>
        {
            ["samples"] = _ => Answer(
                new JsonObject(Samples.All.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)Convert.ToHexStringLower(NodeCodec.Encode(s.Value)))))),
            ["operations"] = _ => Answer(new JsonArray([.. Operations.All.Keys.Select(k => (JsonNode)k)])),
            ["measure"] = input => Answer(Operations.Measure(Text(input, "operation"), Number(input, "milliseconds"))),
            ["open"] = async input =>
            {
                var service = new OtherService(new Uri(Text(input, "url")), Convert.FromHexString(Text(input, "rootKey")));
                var phones = input.GetProperty("phones").EnumerateArray().Select(p => p.GetString()!);
                party = await Party.OpenAsync(
                    Text(input, "folder"), service, [.. phones], (phone, qr) => CommandLoop.Write(new JsonObject { ["phone"] = phone, ["qr"] = qr }));
                return null;
            },
            ["connect"] = _ => Done(party!.ConnectAsync()),
            ["disconnect"] = _ => Done(party!.DisconnectAsync()),
            ["receive"] = input => Done(party!.ReceiveAsync(Number(input, "count"))),
            ["send"] = input => Done(party!.SendAsync(Text(input, "to"), Number(input, "count"), Number(input, "parallel"))),
            ["login"] = async input =>
            {
                for (var i = Number(input, "count"); i > 0; i--)
                {
                    await party!.ConnectAsync();
                    await party.DisconnectAsync();
                }

                return null;
            },
            ["collect"] = _ =>
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                return Answer(null);
            },
        };

        var code = await CommandLoop.RunAsync(commands);
        if (party is not null)
            await party.DisposeAsync();

        return code;
    }

    private static Task<JsonNode?> Answer(JsonNode? result) => Task.FromResult(result);

    private static async Task<JsonNode?> Done(Task work)
    {
        await work;
        return null;
    }

    private static string Text(JsonElement input, string name) => input.GetProperty(name).GetString()!;

    private static int Number(JsonElement input, string name) => input.GetProperty(name).GetInt32();
}
