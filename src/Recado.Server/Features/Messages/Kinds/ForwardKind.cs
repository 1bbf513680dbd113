using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol.Messages;
using Recado.Server.Features.Media;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>What a stored message says, once more. A file goes out of our own store: what WhatsApp has of it may have expired.</summary>
internal sealed class ForwardKind(MediaMessages media)
{
    private const uint HighestScore = 127;

    public async ValueTask<Answer<MessageContent>> ComposeAsync(Draft draft, CancellationToken ct)
    {
        var row = draft.Target!;
        if (row.Content.TryGetProperty("viewOnce", out _))
            return NotForwardable("A message that may be opened only once cannot be forwarded.");
        if (SendableKind.All.FirstOrDefault(kind => kind.Name == row.TypeOf()) is { } kind)
            return await FileAsync(kind, draft, row, ct);

        return Content(row, StoredContents.Read(row.Content));
    }

    private async Task<Answer<MessageContent>> FileAsync(SendableKind kind, Draft draft, MessageRow row, CancellationToken ct)
    {
        var id = row.Content.TryGetProperty("media", out var stored) && stored.TryGetProperty("id", out var name) ? name.GetString() : null;
        var file = await media.UploadAsync(kind, draft, id, ct);
        return file.IsGiven ? Content(row, StoredContents.Read(row.Content, file.Value)) : file.Problem;
    }

    private static Answer<MessageContent> Content(MessageRow row, MessageContent? content) => content is null
        ? NotForwardable($"A message of type '{row.TypeOf()}' cannot be forwarded.")
        : content with { Context = ContextOf(row.Content) };

    /// <summary>Of the context only how often it has been forwarded goes along. What we wrote ourselves counts as forwarded, too, as in WhatsApp.</summary>
    private static MessageContext ContextOf(JsonElement content)
    {
        var score = content.TryGetProperty("context", out var context) && context.TryGetProperty("forwardingScore", out var before) ? before.GetUInt32() : 0;
        return new MessageContext { IsForwarded = true, ForwardingScore = Math.Min(score + 1, HighestScore) };
    }

    private static ProblemDetails NotForwardable(string sentence) => Fields.Unprocessable("message_not_forwardable", sentence);
}

/// <param name="MessageId">A message that this session has sent or received, in any chat.</param>
public sealed record ForwardRequest(string? MessageId);
