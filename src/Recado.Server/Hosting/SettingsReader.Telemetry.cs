using System.Net;

namespace Recado.Server.Hosting;

/// <summary>What concerns metrics and traces. The names that begin with <c>OTEL_</c> are OpenTelemetry's own.</summary>
internal sealed partial class SettingsReader
{
    private TelemetrySettings ReadTelemetry() => new()
    {
        Port = _values["METRICS_PORT"] is null ? null : ReadNumber("METRICS_PORT", 0, 1, 65_535),
        Host = ReadMetricsHost(),
        Token = ReadMetricsToken(),
        Collector = ReadCollector(),
    };

    private string ReadMetricsHost()
    {
        if (_values["METRICS_HOST"] is not { } host)
            return TelemetrySettings.Off.Host;
        if (!IPAddress.TryParse(host, out _))
            Problem("METRICS_HOST", $"is '{host}'; give the IP address that METRICS_PORT listens on, such as 127.0.0.1 or 0.0.0.0");
        if (_values["METRICS_PORT"] is null)
            Problem("METRICS_HOST", "is set without METRICS_PORT; set both, or neither");

        return host;
    }

    private string? ReadMetricsToken()
    {
        if (_values["METRICS_TOKEN"] is not { } token)
            return null;
        if (token.Length < 32 || token.Any(c => c is <= ' ' or > '~'))
            Problem("METRICS_TOKEN", $"has {token.Length} characters; give 32 or more printable ones without spaces: openssl rand -hex 32");
        else if (_isProduction && SecretChecks.IsPlaceholder(token))
            Problem("METRICS_TOKEN", "is a placeholder; make one with: openssl rand -hex 32");

        return token;
    }

    private OtlpCollector? ReadCollector()
    {
        if (_values["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { } text)
            return null;

        var protocol = _values["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? "grpc";
        if (protocol is not ("grpc" or "http/protobuf"))
            Problem("OTEL_EXPORTER_OTLP_PROTOCOL", $"is '{protocol}'; give grpc or http/protobuf");
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            return new OtlpCollector(uri, protocol != "grpc", _values["OTEL_EXPORTER_OTLP_HEADERS"]);

        Problem("OTEL_EXPORTER_OTLP_ENDPOINT", $"is '{text}'; give the address of a collector such as http://127.0.0.1:4317");
        return null;
    }
}
