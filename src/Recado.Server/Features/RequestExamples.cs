using System.Text.Json.Nodes;

namespace Recado.Server.Features;

/// <summary>Metadata of an endpoint: requests that its description shows.</summary>
internal sealed record RequestExamples(IReadOnlyList<RequestExample> Examples);

/// <param name="Name">Unique within the operation.</param>
internal sealed record RequestExample(string Name, string Summary, JsonNode Value);
