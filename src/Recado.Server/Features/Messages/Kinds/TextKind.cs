using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class TextKind
{
    /// <summary>WhatsApp's own limit.</summary>
    public const int Longest = 65_536;

    private const int MaxMentions = 256;

    public static Answer<MessageContent> Compose(Draft draft) => draft.Request.Text is { } text ? Compose(text) : Compose(draft.Request.Message);

    public static Answer<MessageContent> Compose(TextRequest text)
    {
        if (text.Body is not { Length: > 0 and <= Longest })
            return Problems.InvalidField("text", $"'text.body' must be a text of 1 to {Longest} characters.", "invalid_text");

        var mentions = new List<Jid>();
        foreach (var mention in text.Mentions ?? [])
        {
            if (!Recipients.TryParse(mention.TrimStart('+'), out var jid) || mentions.Count == MaxMentions)
                return Problems.InvalidField("text", $"'text.mentions' takes up to {MaxMentions} numbers in international form or JIDs of users.", "invalid_mention");
            mentions.Add(jid);
        }

        return new TextContent(text.Body) { Context = mentions.Count == 0 ? null : new() { Mentions = mentions } };
    }

    private static Answer<MessageContent> Compose(string? message) => message is { Length: > 0 and <= Longest }
        ? new TextContent(message)
        : Problems.InvalidField("message", OutgoingMessages.MessageIsNoText);
}

/// <param name="Body">The text, 1 to 65536 characters. A mention stands in it as <c>@</c> and the number.</param>
/// <param name="Mentions">Numbers or JIDs of those who are mentioned.</param>
public sealed record TextRequest(string? Body, IReadOnlyList<string>? Mentions = null);
