using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Recado.Protocol.Tests.Vectors;

/// <summary>Builds a protobuf message from the JSON of a vector, where bytes are hexadecimal text and enums may be numbers.</summary>
internal static class ProtoJson
{
    /// <summary>Fails for a key that the schema does not have.</summary>
    public static T Parse<T>(JsonElement json)
        where T : IMessage, new()
    {
        var descriptor = new T().Descriptor;
        return (T)new JsonParser(JsonParser.Settings.Default).Parse(Convert(json, descriptor).ToJsonString(), descriptor);
    }

    private static JsonObject Convert(JsonElement json, MessageDescriptor message)
    {
        var converted = new JsonObject();
        foreach (var property in json.EnumerateObject())
        {
            var field = message.Fields.InDeclarationOrder().SingleOrDefault(field => field.JsonName == property.Name)
                ?? throw new JsonException($"{message.Name} has no field {property.Name}.");
            converted[property.Name] = field.IsRepeated
                ? new JsonArray([.. property.Value.EnumerateArray().Select(item => Convert(item, field))])
                : Convert(property.Value, field);
        }

        return converted;
    }

    private static JsonNode? Convert(JsonElement json, FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Convert(json, field.MessageType),
        FieldType.Bytes => System.Convert.ToBase64String(System.Convert.FromHexString(json.GetString()!)),
        FieldType.UInt64 or FieldType.Int64 when json.ValueKind == JsonValueKind.Number => json.GetInt64().ToString(CultureInfo.InvariantCulture),
        _ => JsonNode.Parse(json.GetRawText()),
    };
}
