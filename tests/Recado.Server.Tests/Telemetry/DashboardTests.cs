using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Telemetry;

namespace Recado.Server.Tests.Telemetry;

/// <summary>The dashboard and the alerts ask for what is measured.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] HistogramParts = ["_bucket", "_count", "_sum"];

    [Fact]
    public async Task Deploy_WhenItNamesAMetric_NamesOneThatIsMeasured()
    {
        var measured = new HashSet<string>(StringComparer.Ordinal);
        using var services = new ServiceCollection().AddMetrics().AddSingleton<SessionMetrics>().BuildServiceProvider();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => measured.UnionWith(NamesOf(instrument)) };
        listener.Start();
        services.GetRequiredService<SessionMetrics>();
        RuntimeHelpers.RunClassConstructor(typeof(Client.Telemetry.ClientTelemetry).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Server.Storage.StorageTelemetry).TypeHandle);

        var files = await Documents.ReadFileAsync("deploy", "grafana/recado.json") + await Documents.ReadFileAsync("deploy", "alerts.yml");
        var named = OwnName().Matches(files).Select(match => match.Value).ToHashSet();

        Assert.NotEmpty(named);
        Assert.Subset(measured, named);
    }

    [Fact]
    public async Task Dashboard_IsJsonWithPanels()
    {
        using var dashboard = JsonDocument.Parse(await Documents.ReadFileAsync("deploy", "grafana/recado.json"));

        Assert.True(dashboard.RootElement.GetProperty("panels").GetArrayLength() > 10);
    }

    /// <summary>The names that Prometheus gives an instrument.</summary>
    private static IEnumerable<string> NamesOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        var kind = instrument.GetType().Name;
        return kind.StartsWith("Histogram", StringComparison.Ordinal) ? HistogramParts.Select(part => name + part)
            : kind.StartsWith("Counter", StringComparison.Ordinal) ? [name + "_total"]
            : [name];
    }

    [GeneratedRegex(@"\brecado_[a-z_]+")]
    private static partial Regex OwnName();
}
