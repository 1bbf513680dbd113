using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recado.Bench.Compare;
using Recado.Server.Features.Auth;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Simulator;
using Recado.Simulator.Phones;

namespace Recado.Bench;

/// <summary>
/// Links a phone with a long past to the whole server, and asks for a page of messages again and again while the past is stored.
/// </summary>
internal static class HistoryBench
{
    private const string Token = "local-token-of-the-bench-0123456789";
    private const int PerChat = 250, Warmups = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="args">How many messages; 50,000 by default.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var messages = args is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 50_000;
        var folder = Directory.CreateTempSubdirectory("recado-bench-");
        await using var whatsApp = await SimulatedService.StartAsync(new SimulatorOptions { TraceCapacity = 0 });
        var phone = whatsApp.AddPhone("5511900000001", "Ana");
        await phone.GiveHistoryAsync(new HistoryPlan { Chats = messages / PerChat, MessagesPerChat = PerChat, Groups = messages / PerChat / 10, ReactionEvery = 50 });
        try
        {
            await using var host = await StartAsync(whatsApp, folder.FullName);
            using var http = new HttpClient { BaseAddress = RecadoHost.AddressOf(host) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            var session = await LinkAsync(http, host, phone);
            var (stored, elapsed, latencies) = await MeasureAsync(http, host, session);
            await host.StopAsync();

            latencies.Sort();
            string At(double part) => $"{latencies[(int)((latencies.Count - 1) * part)]:0.0} ms";
            Console.WriteLine($"{stored} messages stored in {elapsed.TotalSeconds:0.0} s: {stored / elapsed.TotalSeconds:0} per second.");
            Console.WriteLine($"GET messages meanwhile, {latencies.Count} times: median {At(0.5)}, p99 {At(0.99)}, longest {At(1)}.");
            Console.WriteLine($"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<WebApplication> StartAsync(SimulatedService whatsApp, string folder)
    {
        var settings = new RecadoSettings
        {
            Port = 0,
            DataFolder = folder,
            LocalToken = Token,
            RateLimitMax = int.MaxValue,
            UserRateLimitMax = int.MaxValue,
            SendRatePerMinute = 0,
            EncryptionKeys = ["encryption-key-of-the-bench-0123456789abcdef"],
            Service = new OtherService(whatsApp.WebSocketUrl, whatsApp.RootKey, whatsApp.MediaAuthorityPem),
        };
        var host = RecadoHost.Build(settings, configure: builder => builder.Logging.ClearProviders());
        await host.StartAsync();
        return host;
    }

    private static async Task<string> LinkAsync(HttpClient http, WebApplication host, SimulatedPhone phone)
    {
        using var created = await http.PostAsync("api/sessions", content: null);
        var session = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString()!;
        await WaitAsync(host, EventTypes.QrCode, _ => true);
        for (var i = 0; i < Warmups; i++)
            await http.GetByteArrayAsync($"api/sessions/{session}/messages");

        var status = await http.GetFromJsonAsync<JsonElement>($"api/sessions/{session}/status");
        await phone.ScanAsync(status.GetProperty("code").GetString()!);
        return session;
    }

    private static async Task<(int Stored, TimeSpan Elapsed, List<double> Latencies)> MeasureAsync(HttpClient http, WebApplication host, string session)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var done = WaitAsync(host, EventTypes.HistoryProgress, payload => payload.GetProperty("done").GetBoolean());
        var latencies = new List<double>();
        while (!done.IsCompleted)
        {
            var asked = time.GetTimestamp();
            await http.GetByteArrayAsync($"api/sessions/{session}/messages");
            latencies.Add(time.GetElapsedTime(asked).TotalMilliseconds);
            await Task.Delay(Pause, time);
        }

        var elapsed = time.GetElapsedTime(start);
        return (await done, elapsed, latencies);
    }

    /// <summary>Waits for an event that fits.</summary>
    /// <returns>How many messages the events of its type up to it have told of.</returns>
    private static async Task<int> WaitAsync(WebApplication host, string type, Func<JsonElement, bool> fits)
    {
        var log = host.Services.GetRequiredService<IEventLog>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        using var watch = log.Watch(LocalTokenVerifier.UserId);
        while (true)
        {
            var messages = 0;
            foreach (var row in await log.ReadAsync(LocalTokenVerifier.UserId, after: 0, limit: 1000, patience.Token))
            {
                if (row.Type != type)
                    continue;

                var payload = JsonElement.Parse(row.Payload);
                messages += payload.TryGetProperty("messages", out var count) ? count.GetInt32() : 0;
                if (payload.TryGetProperty("failure", out var failure) && failure.ValueKind == JsonValueKind.String)
                    throw new BenchException(failure.GetString()!);
                if (fits(payload))
                    return messages;
            }

            await watch.WaitAsync(patience.Token);
        }
    }
}
