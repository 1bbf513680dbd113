using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recado.Protocol.Tests.Vectors;

/// <summary>
/// Reads the files of <c>vectors/</c>. A file is read into records that must name every key it has: an unknown key is a check
/// nobody makes, so it fails. Byte arrays are hexadecimal text. <see cref="VectorCoverageTests"/> fails the run for files never read.
/// </summary>
internal static class VectorFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    private static readonly ConcurrentDictionary<string, byte> Read = new(StringComparer.Ordinal);

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        Converters = { new HexConverter(), new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Files in <c>vectors/</c> that no test has read so far.</summary>
    public static IReadOnlyList<string> Unread =>
        [.. Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .Where(file => !Read.ContainsKey(file))
            .Order(StringComparer.Ordinal)];

    /// <summary>Reads one file, such as <c>binary/jids.json</c>.</summary>
    public static T Load<T>(string path)
        where T : class
    {
        using var json = File.OpenRead(Path.Combine(Folder, path));
        var vectors = JsonSerializer.Deserialize<T>(json, Strict) ?? throw new JsonException($"{path} is empty.");
        Read.TryAdd(path, 0);
        return vectors;
    }

    private sealed class HexConverter : JsonConverter<byte[]>
    {
        public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Convert.FromHexString(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Convert.ToHexStringLower(value));
    }
}
