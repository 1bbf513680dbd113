using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Realtime;

/// <summary>What one WebSocket is told beside the events of the log: answers, errors and the state of its own connection.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SessionsUpdate), "sessions_update")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(MessageSent), "message_sent")]
[JsonDerivedType(typeof(SessionDisconnected), "session_disconnected")]
[JsonDerivedType(typeof(PresenceSet), "presence_set")]
[JsonDerivedType(typeof(TypingSet), "typing_set")]
[JsonDerivedType(typeof(Subscribed), "subscribed")]
[JsonDerivedType(typeof(Authenticated), "authenticated")]
[JsonDerivedType(typeof(TokenExpiring), "token_expiring")]
[JsonDerivedType(typeof(Error), "error")]
internal abstract record ServerFrame
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? RequestId { get; init; }

    public ReadOnlyMemory<byte> ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RecadoJson.Options);

    public sealed record SessionsUpdate(IReadOnlyList<SessionRow> Data) : ServerFrame;

    public sealed record Pong(DateTimeOffset Timestamp) : ServerFrame;

    public sealed record MessageSent(bool Success, Guid SessionId, string MessageId, string Status, DateTimeOffset Timestamp) : ServerFrame;

    public sealed record SessionDisconnected(Guid SessionId) : ServerFrame;

    public sealed record PresenceSet(Guid SessionId, string State) : ServerFrame;

    public sealed record TypingSet(Guid SessionId, string Chat, string State) : ServerFrame;

    /// <summary>The events after <paramref name="Since"/> follow.</summary>
    public sealed record Subscribed(long Since) : ServerFrame;

    public sealed record Authenticated(DateTimeOffset? ExpiresAt) : ServerFrame;

    /// <summary>The socket closes at <paramref name="ExpiresAt"/> unless a new token arrives by <c>authenticate</c>.</summary>
    public sealed record TokenExpiring(DateTimeOffset ExpiresAt) : ServerFrame;

    public sealed record Error(
        string Message, string Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MessageId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? RetryAfter) : ServerFrame
    {
        public static Error Of(ProblemDetails problem, JsonElement? requestId) =>
            new(problem.Detail!, Problems.CodeOf(problem), problem.Extensions.TryGetValue("messageId", out var id) ? (string?)id : null, Problems.RetryAfterOf(problem))
            {
                RequestId = requestId,
            };
    }
}
