using Recado.Server.Storage.Postgres;

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
            $"Recado is running{(settings.Simulate ? " with a simulated WhatsApp" : "")}; its data lies in {Place(settings)}",
            $"  1. Open           {page}",
            settings.Simulate
                ? "  2. Link           press \"New session\", then \"Scan\" on the simulated phone"
                : "  2. Link           press \"New session\" and scan the code with WhatsApp: Linked devices, Link a device",
            $"  3. Use it         REST under {root}/api, WebSocket at {root.Replace("http", "ws", StringComparison.Ordinal)}/?token=…",
            settings.IsStandalone
                ? "  4. Stop           Ctrl+C; the next start brings the sessions back without a new scan"
                : "  4. Note           users come from Supabase",
        ];
        if (!settings.IsStandalone && settings.Database is null)
        {
            lines[^1] += $"; data lies in the embedded database ({settings.DataFolder}) until SUPABASE_DB_URL is set "
                + "(Supabase dashboard: Connect, Connection string)";
        }

        foreach (var line in lines)
            console.WriteLine(line);

        console.Flush();
    }

    private static string Place(RecadoSettings settings) => settings.Database is { } database
        ? $"{PostgresAddress.Describe(database)}, its files in {settings.DataFolder}"
        : settings.DataFolder;
}
