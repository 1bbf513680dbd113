using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recado.Protocol.AppState;

/// <summary>
/// The name of a record: a JSON array of strings, the action first. Records are told apart by a MAC over its bytes, so these must be exactly
/// what JavaScript's <c>JSON.stringify</c> writes, which no serialiser of the platform does.
/// </summary>
internal static class AppStateIndex
{
    private const int MaxLength = 4096, MaxParts = 16;

    public static byte[] Serialize(IReadOnlyList<string> index)
    {
        var json = new StringBuilder("[");
        for (var i = 0; i < index.Count; i++)
        {
            if (i > 0)
                json.Append(',');
            AppendString(json, index[i]);
        }

        return Encoding.UTF8.GetBytes(json.Append(']').ToString());
    }

    /// <exception cref="ProtocolException">It is no such array (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxLength)
            throw ProtocolException.MalformedPayload($"The index of a setting has {json.Length} bytes; {MaxLength} are accepted.");

        try
        {
            return Read(json) ?? throw ProtocolException.MalformedPayload("The index of a setting is no array of strings.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ProtocolException.MalformedPayload("The index of a setting is no JSON.", e);
        }
    }

    private static List<string>? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return null;

        var parts = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String && parts.Count < MaxParts)
            parts.Add(reader.GetString()!);

        return reader.TokenType == JsonTokenType.EndArray && parts.Count > 0 && !reader.Read() ? parts : null;
    }

    private static void AppendString(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\t' => json.Append("\\t"),
                '\n' => json.Append("\\n"),
                '\f' => json.Append("\\f"),
                '\r' => json.Append("\\r"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
