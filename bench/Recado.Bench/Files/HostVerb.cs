using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Recado.Bench.Compare;
using Recado.Server.Hosting;

namespace Recado.Bench.Files;

/// <summary>The server in a process of its own, used over HTTP as its clients do.</summary>
internal static class HostVerb
{
    public const string Token = "00000000000000000000000000000000";

    public static async Task<int> RunAsync()
    {
        WebApplication? host = null;
        var code = await CommandLoop.RunAsync(new Dictionary<string, Func<System.Text.Json.JsonElement, Task<JsonNode?>>>
        {
            ["start"] = async input =>
            {
                var settings = new RecadoSettings
                {
                    Port = 0,
                    DataFolder = input.GetProperty("folder").GetString()!,
                    LocalToken = Token,
                    RateLimitMax = int.MaxValue,
                    UserRateLimitMax = int.MaxValue,
                    SendRatePerMinute = 0,
                    Service = new OtherService(
                        new Uri(input.GetProperty("url").GetString()!), Convert.FromHexString(input.GetProperty("rootKey").GetString()!),
                        input.GetProperty("mediaAuthority").GetString()),
                };
                host = RecadoHost.Build(settings, configure: builder => builder.Logging.ClearProviders()); // stdout belongs to the conversation
                await host.StartAsync();
                return RecadoHost.AddressOf(host).AbsoluteUri;
            },
        });
        if (host is not null)
            await host.StopAsync();

        return code;
    }
}
