using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Realtime;

/// <summary>What a WebSocket client may ask. The <c>type</c> field picks the record.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Ping), "ping")]
[JsonDerivedType(typeof(CreateSession), "create_session")]
[JsonDerivedType(typeof(SendMessage), "send_message")]
[JsonDerivedType(typeof(DisconnectSession), "disconnect_session")]
[JsonDerivedType(typeof(Presence), "presence")]
[JsonDerivedType(typeof(Typing), "typing")]
[JsonDerivedType(typeof(Subscribe), "subscribe")]
[JsonDerivedType(typeof(Authenticate), "authenticate")]
internal abstract record ClientCommand
{
    /// <summary>A string or number of the client's own, repeated on the answer and on the errors it causes.</summary>
    public JsonElement? RequestId { get; init; }

    public sealed record Ping : ClientCommand;

    public sealed record CreateSession(string? Name, string? PhoneNumber) : ClientCommand;

    public sealed record SendMessage(string? SessionId) : ClientCommand
    {
        /// <summary>The frame itself, read as what REST takes; its kind shows in the object that is there.</summary>
        [JsonIgnore]
        public SendMessageRequest Message { get; init; } = new();
    }

    public sealed record DisconnectSession(string? SessionId) : ClientCommand;

    /// <param name="State"><c>available</c> or <c>unavailable</c>.</param>
    public sealed record Presence(string? SessionId, string? State) : ClientCommand;

    /// <param name="Chat">Phone number or JID.</param>
    /// <param name="State"><c>composing</c>, <c>recording</c> or <c>paused</c>.</param>
    /// <param name="Seconds">How long to keep it up.</param>
    public sealed record Typing(string? SessionId, string? Chat, string? State, int? Seconds) : ClientCommand;

    /// <param name="Since">The last event the client has seen.</param>
    public sealed record Subscribe(long? Since) : ClientCommand;

    public sealed record Authenticate(string? Token) : ClientCommand;
}

/// <summary>A text frame, read: a command, or what is wrong with it.</summary>
internal sealed record ParsedCommand(ClientCommand? Command, ProblemDetails? Problem, JsonElement? RequestId)
{
    private const int LongestRequestId = 128;

    private static readonly string[] Types = ["ping", "create_session", "send_message", "disconnect_session", "presence", "typing", "subscribe", "authenticate"];
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Options = new(RecadoJson.Options) { AllowOutOfOrderMetadataProperties = true };

    public static ParsedCommand Parse(ReadOnlyMemory<byte> text)
    {
        JsonElement? requestId = null;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Failed(ErrorCodes.InvalidJson, "Send one JSON object per frame.");

            requestId = RequestIdOf(root);
            if (!root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                return Failed(ErrorCodes.InvalidInput, "The field 'type' is missing; it says what the frame asks for.");

            if (!Types.Contains(type.GetString()))
                return Failed("unknown_type", $"The field 'type' must be one of: {string.Join(", ", Types)}.");

            var command = root.Deserialize<ClientCommand>(Options)! with { RequestId = requestId };
            if (command is ClientCommand.SendMessage send)
                command = send with { Message = root.Deserialize<SendMessageRequest>(Options)! with { Type = null } };
            return new ParsedCommand(command, Problem: null, requestId);
        }
        catch (JsonException cause) when (ApiExceptionHandler.FieldOf(cause) is { } field)
        {
            return Failed(ErrorCodes.InvalidInput, $"The field '{field}' has the wrong type.");
        }
        catch (JsonException)
        {
            return Failed(ErrorCodes.InvalidJson, "The frame is not valid JSON, names a field twice or is nested too deeply.");
        }

        ParsedCommand Failed(string code, string sentence) =>
            new(Command: null, Problems.Details(StatusCodes.Status400BadRequest, code, sentence), requestId);
    }

    private static JsonElement? RequestIdOf(JsonElement root) =>
        root.TryGetProperty("requestId", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && id.GetRawText().Length <= LongestRequestId
            ? id.Clone() // outlives the document
            : null;
}
