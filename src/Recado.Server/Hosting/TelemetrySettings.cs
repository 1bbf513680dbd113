namespace Recado.Server.Hosting;

/// <summary>Where measurements and traces go. By default nowhere.</summary>
internal sealed record TelemetrySettings
{
    public static TelemetrySettings Off { get; } = new();

    /// <summary>Port that serves <c>/metrics</c> and nothing else, without a token.</summary>
    public int? Port { get; init; }

    /// <summary>Address to listen on with <see cref="Port"/>. Default: 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Opens <c>/metrics</c> on the API's port to whoever sends it.</summary>
    public string? Token { get; init; }

    public OtlpCollector? Collector { get; init; }

    public bool IsScraped => Port is not null || Token is not null;
}

/// <summary>A collector that takes OpenTelemetry's protocol.</summary>
/// <param name="IsHttp">Protocol buffers over HTTP instead of gRPC.</param>
/// <param name="Headers">Further headers, as <c>name=value</c> separated by commas.</param>
internal sealed record OtlpCollector(Uri Endpoint, bool IsHttp, string? Headers);
