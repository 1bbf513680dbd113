namespace Recado.Server.Hosting;

/// <summary>What a person at the console needs next, in five lines. The only place that shows the local token.</summary>
internal static class StartMessage
{
    public static void Print(TextWriter console, RecadoSettings settings, Uri address)
    {
        var root = address.AbsoluteUri.TrimEnd('/');
        var page = settings.LocalToken is { } token ? $"{root}/?token={token}" : $"{root}/";
        string[] lines =
        [
            $"Recado is running{(settings.Simulate ? " with a simulated WhatsApp" : "")}; its data lies in {settings.DataFolder}",
            $"  1. Open           {page}",
            settings.Simulate
                ? "  2. Link           press \"New session\", then \"Scan\" on the simulated phone"
                : "  2. Link           press \"New session\" and scan the code with WhatsApp: Linked devices, Link a device",
            $"  3. Use it         REST under {root}/api, WebSocket at {root.Replace("http", "ws", StringComparison.Ordinal)}/?token=…",
            settings.IsStandalone
                ? "  4. Stop           Ctrl+C; the next start brings the sessions back without a new scan"
                : "  4. Note           users come from Supabase; data lies in the embedded database (this version stores nowhere else)",
        ];
        foreach (var line in lines)
            console.WriteLine(line);

        console.Flush();
    }
}
