using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recado.Client.Telemetry;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Telemetry;

/// <summary>Carries measurements and traces out: metrics to a scraper at <c>/metrics</c>, both to an OTLP collector. Whatever is not set up costs nothing.</summary>
internal static class TelemetryHosting
{
    /// <summary>Meters and activity sources of the libraries underneath.</summary>
    private static readonly string[] Meters =
    [
        SessionMetrics.Name, ClientTelemetry.Name, StorageTelemetry.Name,
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql",
    ];

    private static readonly string[] Sources = ["Microsoft.AspNetCore", "Microsoft.Orleans.Application", ClientTelemetry.Name, "Npgsql"];

    public static WebApplicationBuilder AddRecadoTelemetry(this WebApplicationBuilder builder, TelemetrySettings settings)
    {
        builder.Services.AddSingleton<SessionMetrics>();
        if (settings is { IsScraped: false, Collector: null })
            return builder;

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("recado", serviceVersion: typeof(TelemetryHosting).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                if (settings.IsScraped)
                    metrics.AddPrometheusExporter();
                if (settings.Collector is { } collector)
                    metrics.AddOtlpExporter(options => Address(options, collector, "metrics"));
            });
        if (settings.Collector is { } traced)
            telemetry.WithTracing(traces => traces.AddSource(Sources).AddOtlpExporter(options => Address(options, traced, "traces")));

        return builder;
    }

    private static void Address(OtlpExporterOptions options, OtlpCollector collector, string signal)
    {
        options.Protocol = collector.IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        options.Endpoint = collector.IsHttp ? new Uri($"{collector.Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : collector.Endpoint;
        options.Headers = collector.Headers;
    }
}
