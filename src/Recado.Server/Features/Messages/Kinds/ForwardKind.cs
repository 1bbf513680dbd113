using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>What a stored message says, once more.</summary>
internal static class ForwardKind
{
    private const uint HighestScore = 127;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var row = draft.Target!;
        return StoredContents.Read(row.Content) is { } content
            ? content with { Context = ContextOf(row.Content) }
            : Fields.Unprocessable("message_not_forwardable", $"A message of type '{row.TypeOf()}' cannot be forwarded.");
    }

    /// <summary>Of the context only how often it has been forwarded goes along. What we wrote ourselves counts as forwarded, too, as in WhatsApp.</summary>
    private static MessageContext ContextOf(System.Text.Json.JsonElement content)
    {
        var score = content.TryGetProperty("context", out var context) && context.TryGetProperty("forwardingScore", out var before) ? before.GetUInt32() : 0;
        return new MessageContext { IsForwarded = true, ForwardingScore = Math.Min(score + 1, HighestScore) };
    }
}

/// <param name="MessageId">A message that this session has sent or received, in any chat.</param>
public sealed record ForwardRequest(string? MessageId);
