using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Simulator;
using Recado.Simulator.Phones;

namespace Recado.Bench.Compare;

/// <summary>The simulated service in a process of its own, so that its work counts for no party.</summary>
internal static class ServiceVerb
{
    public static async Task<int> RunAsync()
    {
        await using var service = await SimulatedService.StartAsync(new SimulatorOptions { TraceCapacity = 0 });
        return await CommandLoop.RunAsync(new Dictionary<string, Func<JsonElement, Task<JsonNode?>>>
        {
            ["info"] = _ => Task.FromResult<JsonNode?>(new JsonObject
            {
                ["url"] = service.WebSocketUrl.ToString(),
                ["rootKey"] = Convert.ToHexStringLower(service.RootKey.Span),
                ["mediaAuthority"] = service.MediaAuthorityPem,
            }),
            ["add"] = input => Task.FromResult<JsonNode?>(service.AddPhone(Text(input, "phone")).PhoneNumber),
            ["scan"] = async input => await service.Phone(Text(input, "phone")).ScanAsync(Text(input, "qr")),
            ["say"] = async input =>
            {
                for (var i = input.GetProperty("count").GetInt32(); i > 0; i--)
                    await service.Phone(Text(input, "from")).SendTextAsync(Text(input, "to"), $"text {i}");

                return null;
            },
            ["send-file"] = async input =>
            {
                await using var file = File.OpenRead(Text(input, "path"));
                return await service.Phone(Text(input, "from")).SendMediaAsync(Text(input, "to"), new PhoneMedia("document"), file);
            },
            ["read-file"] = async input =>
            {
                var phone = service.Phone(Text(input, "phone"));
                await phone.WaitForMessageAsync(message => message.Id == Text(input, "id"), CancellationToken.None);
                return await phone.ReadMediaAsync(Text(input, "id"), Stream.Null); // which checks every hash
            },
            ["group"] = async input => await CrowdGroup.MakeAsync(
                service, Text(input, "creator"), [.. input.GetProperty("members").EnumerateArray().Select(m => m.GetString()!)]),
            ["violations"] = _ => Task.FromResult<JsonNode?>(
                new JsonArray([.. service.Trace.Violations.Select(v => (JsonNode)$"{v.Connection}: {v.Text}")])),
        });
    }

    private static string Text(JsonElement input, string name) => input.GetProperty(name).GetString()!;
}
