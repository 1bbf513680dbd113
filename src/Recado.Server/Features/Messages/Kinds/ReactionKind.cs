using System.Globalization;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages.Kinds;

internal static class ReactionKind
{
    private const int LongestEmoji = 32;

    public static Answer<MessageContent> Compose(Draft draft) => Compose(draft.Request.Reaction!.Emoji, draft.Target!, "reaction");

    public static Answer<MessageContent> Compose(string? emoji, MessageRow target, string field) =>
        emoji is not null && (emoji.Length == 0 || (emoji.Length <= LongestEmoji && new StringInfo(emoji).LengthInTextElements == 1 && !char.IsAscii(emoji[0])))
            ? new ReactionContent(target.ToTarget(), emoji)
            : Problems.InvalidField(field, "'emoji' must be one emoji, or empty to take the reaction back.", "invalid_reaction");
}

/// <param name="Emoji">One emoji; empty takes the reaction back.</param>
public sealed record ReactionRequest(string? MessageId, string? Emoji);
