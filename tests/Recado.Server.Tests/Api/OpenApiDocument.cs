using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Recado.Server.Tests.Api;

/// <summary>The description that the server gives of itself.</summary>
internal sealed class OpenApiDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];
    private static readonly EvaluationOptions Evaluation = new() { OutputFormat = OutputFormat.List };

    private readonly JsonObject _components;

    private OpenApiDocument(JsonObject root)
    {
        // A schema by itself finds others below "$defs".
        _components = Local(root["components"]!["schemas"]!).AsObject();
        Operations =
        [
            .. from path in root["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               where Methods.Contains(operation.Key)
               let trimmed = path.Key.Length > 1 ? path.Key.TrimEnd('/') : path.Key
               select new ApiOperation(operation.Key.ToUpperInvariant(), trimmed, operation.Value!.AsObject()),
        ];
    }

    public IReadOnlyList<ApiOperation> Operations { get; }

    public static async Task<OpenApiDocument> ReadAsync(TestServer server)
    {
        var text = await server.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        return new OpenApiDocument(JsonNode.Parse(text)!.AsObject());
    }

    public ApiOperation Find(string method, string path) =>
        Operations.SingleOrDefault(operation => operation.Method == method && operation.Path == path)
        ?? throw new InvalidOperationException($"The description has no {method} {path}.");

    /// <summary>What in a JSON body is not as the schema says; empty when all is.</summary>
    public IReadOnlyList<string> Complaints(JsonNode schema, JsonElement body)
    {
        var whole = new JsonObject { ["$defs"] = _components.DeepClone(), ["allOf"] = new JsonArray(Local(schema)) };
        var result = JsonSchema.FromText(whole.ToJsonString()).Evaluate(body, Evaluation);
        return result.IsValid
            ? []
            : [.. result.Details!.Where(detail => detail.Errors is { Count: > 0 })
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))];
    }

    private static JsonNode Local(JsonNode schema) =>
        JsonNode.Parse(schema.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!;
}

internal sealed record ApiOperation(string Method, string Path, JsonObject Body)
{
    public bool IsOurs => !Path.StartsWith("/simulator", StringComparison.Ordinal);

    public JsonObject Answers => Body["responses"]!.AsObject();

    /// <summary>The schema of a JSON answer of the status, or null when it has none.</summary>
    public JsonNode? AnswerSchema(int status, string mediaType) => Answers[$"{status}"]?["content"]?[mediaType]?["schema"];

    public override string ToString() => $"{Method} {Path}";
}
