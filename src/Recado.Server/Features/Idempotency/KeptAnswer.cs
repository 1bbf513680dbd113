using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Idempotency;

/// <summary>An answer as it is kept.</summary>
/// <param name="Headers">Those that belong to the answer rather than to the connection or the moment.</param>
/// <param name="Body">Null when it was too long to be kept.</param>
internal sealed record KeptAnswer(int Status, IReadOnlyDictionary<string, string?[]> Headers, byte[]? Body)
{
    private static readonly string[] Kept = ["Content-Type", "Location", "Content-Disposition", "ETag"];

    public static KeptAnswer Of(HttpResponse response, byte[]? body) => new(
        response.StatusCode,
        Kept.Where(response.Headers.ContainsKey).ToDictionary(name => name, name => response.Headers[name].ToArray()),
        body);

    public static KeptAnswer Parse(byte[] data) => JsonSerializer.Deserialize<KeptAnswer>(data, RecadoJson.Options)!;

    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, RecadoJson.Options);

    public async Task WriteToAsync(HttpResponse response, CancellationToken ct)
    {
        response.StatusCode = Status;
        foreach (var (name, values) in Headers)
            response.Headers[name] = new StringValues(values);
        response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        if (Body is { Length: > 0 })
            await response.Body.WriteAsync(Body, ct);
    }
}
