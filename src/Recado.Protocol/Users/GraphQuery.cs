using System.Text.Json;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Users;

/// <summary>The answer to a graph query.</summary>
/// <param name="Data">What was asked for; null when there is only an error.</param>
/// <param name="ErrorCode">The service's code, such as 404; 0 when there is an error without one; null when there is none.</param>
/// <param name="ErrorMessage">What the service says about the error.</param>
public sealed record GraphAnswer(JsonElement? Data, int? ErrorCode = null, string? ErrorMessage = null);

/// <summary>GraphQL by stanza: the newer part of the service is asked in this way. Queries are known by number.</summary>
public static class GraphQuery
{
    /// <summary>Whether, and until when, the account may not write to strangers.</summary>
    public const string ReachoutTimelock = "23983697327930364";

    /// <summary>How many new chats the account may still begin.</summary>
    public const string NewChatCap = "24503548349331633";

    /// <summary>Sets the own about text.</summary>
    public const string UpdateAbout = "9152604461510864";

    /// <summary>Asks a query.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="queryId">The number of the query.</param>
    /// <param name="variables">Its variables, as a JSON object.</param>
    public static Node Request(string id, string queryId, string variables = "{}") => new(
        "iq",
        [("id", id), ("type", "get"), ("to", Jid.Service), ("xmlns", "w:mex")],
        new Node("query", [("query_id", queryId)], $$"""{"variables":{{variables}}}"""));

    /// <summary>Reads the answer. The service reports errors inside of it.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question, or no JSON.</exception>
    public static GraphAnswer Parse(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        try
        {
            using var document = JsonDocument.Parse(iq.RequiredChild("result").Bytes);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw ProtocolException.MalformedPayload("The answer to a graph query is no JSON object.");

            JsonElement? data = root.TryGetProperty("data", out var value) && value.ValueKind == JsonValueKind.Object ? value.Clone() : null;
            return root.TryGetProperty("errors", out var errors) && errors is { ValueKind: JsonValueKind.Array } && errors.GetArrayLength() > 0
                ? new(data, Code(errors[0]), Message(errors[0]))
                : new(data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for an escape that is no character
        {
            throw ProtocolException.MalformedPayload("The answer to a graph query is no JSON.", e);
        }
    }

    private static int Code(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object
        && error.TryGetProperty("extensions", out var extensions) && extensions.ValueKind == JsonValueKind.Object
        && extensions.TryGetProperty("error_code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number)
            ? number
            : 0;

    private static string? Message(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? message.GetString()
            : null;
}
