using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Bench.Compare;

namespace Recado.Bench.Files;

/// <summary>
/// A document from a client through the server to a phone, and from a phone through the server to a client; server and service each in a
/// process of its own. Says how much more memory the server's process holds meanwhile than when it is idle.
/// </summary>
internal static class Transfer
{
    private const string Ours = "5511900000101", Theirs = "5511900000102";
    private const int Megabyte = 1024 * 1024;

    private static readonly TimeSpan ScanDelay = TimeSpan.FromMilliseconds(100), Glance = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] args)
    {
        var size = (args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100) * Megabyte;
        var folder = Directory.CreateTempSubdirectory("recado-bench-");
        try
        {
            await using var service = ChildProcess.StartSelf("service");
            await using var server = ChildProcess.StartSelf("host");
            var info = await service.AskAsync(new { command = "info" });
            var address = await server.AskAsync(new
            {
                command = "start",
                folder = Path.Combine(folder.FullName, "data"),
                url = info.GetProperty("url").GetString(),
                rootKey = info.GetProperty("rootKey").GetString(),
                mediaAuthority = info.GetProperty("mediaAuthority").GetString(),
            });
            using var http = new HttpClient { BaseAddress = new Uri(address.GetString()!), Timeout = Timeout.InfiniteTimeSpan };
            http.DefaultRequestHeaders.Authorization = new("Bearer", HostVerb.Token);
            var session = await LinkAsync(service, http);
            var path = Path.Combine(folder.FullName, "document");
            await WriteAsync(path, size);

            await UpAsync(service, http, session, await FirstAsync(folder.FullName)); // so that all code is compiled before
            var up = await MeasureAsync(server, () => UpAsync(service, http, session, path));
            var down = await MeasureAsync(server, () => DownAsync(service, http, session, path));

            Console.WriteLine($"up   {size / Megabyte} MB: {up}");
            Console.WriteLine($"down {size / Megabyte} MB: {down}");
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Uploads, sends, and has the phone open what arrived.</summary>
    private static async Task UpAsync(ChildProcess service, HttpClient http, string session, string path)
    {
        await using var file = File.OpenRead(path);
        using var form = new MultipartFormDataContent { { new StreamContent(file), "file", "document.bin" } };
        var uploaded = await JsonAsync(await http.PostAsync($"/api/sessions/{session}/media", form));
        var sent = await JsonAsync(await http.PostAsJsonAsync(
            $"/api/sessions/{session}/messages", new { to = Theirs, document = new { id = uploaded.GetProperty("id").GetString() } }));
        await service.AskAsync(new { command = "read-file", phone = Theirs, id = sent.GetProperty("messageId").GetString() });
    }

    /// <summary>Has the phone send, waits until the file is stored, and downloads it.</summary>
    private static async Task DownAsync(ChildProcess service, HttpClient http, string session, string path)
    {
        var id = (await service.AskAsync(new { command = "send-file", from = Theirs, to = Ours, path })).GetString();
        while (true)
        {
            var messages = (await JsonAsync(await http.GetAsync($"/api/sessions/{session}/messages?limit=5"))).GetProperty("messages");
            var row = messages.EnumerateArray().FirstOrDefault(message => message.GetProperty("whatsapp_id").GetString() == id);
            if (row.ValueKind == JsonValueKind.Object && row.GetProperty("content").GetProperty("media") is var media && media.GetProperty("status").ValueEquals("stored"))
            {
                using var response = await http.GetAsync($"/api/media/{media.GetProperty("id").GetString()}", HttpCompletionOption.ResponseHeadersRead);
                await (await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);
                return;
            }

            await Task.Delay(Glance);
        }
    }

    private static async Task<string> MeasureAsync(ChildProcess server, Func<Task> transfer)
    {
        await Task.Delay(Pause);
        var (idle, most, clock) = (server.ResidentKilobytes, 0L, Stopwatch.StartNew());
        var work = transfer();
        while (!work.IsCompleted)
        {
            most = Math.Max(most, server.ResidentKilobytes);
            await Task.WhenAny(work, Task.Delay(Glance));
        }

        await work;
        return $"{clock.Elapsed.TotalSeconds:F1} s; idle {idle / 1024} MB, at most {most / 1024} MB: {Math.Max(0, most - idle) / 1024} MB more";
    }

    private static async Task<string> LinkAsync(ChildProcess service, HttpClient http)
    {
        foreach (var phone in new[] { Ours, Theirs })
            await service.AskAsync(new { command = "add", phone });

        var session = (await JsonAsync(await http.PostAsync("/api/sessions", null))).GetProperty("sessionId").GetString()!;
        string? scanned = null;
        while (true)
        {
            var status = await JsonAsync(await http.GetAsync($"/api/sessions/{session}/status"));
            if (status.GetProperty("status").ValueEquals("connected"))
                return session;

            await Task.Delay(ScanDelay); // a person takes longer
            if (status.GetProperty("code").GetString() is { } qr && qr != scanned)
                await service.AskAsync(new { command = "scan", phone = Ours, qr = scanned = qr });
        }
    }

    private static async Task<string> FirstAsync(string folder)
    {
        var path = Path.Combine(folder, "first");
        await WriteAsync(path, Megabyte);
        return path;
    }

    private static async Task WriteAsync(string path, int size)
    {
        await using var file = File.Create(path);
        var piece = new byte[Megabyte];
        for (var i = 0; i < size / Megabyte; i++)
        {
            BitConverter.TryWriteBytes(piece, i + 1); // no two pieces alike
            await file.WriteAsync(piece);
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new BenchException($"The server answered {(int)response.StatusCode}: {text}");
        }
    }
}
