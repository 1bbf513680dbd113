using System.Text.Json.Serialization;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Outbound;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>Texts, with a preview of their link if asked for.</summary>
internal sealed class TextKind(LinkPreviews previews)
{
    /// <summary>WhatsApp's own limit.</summary>
    public const int Longest = 65_536;

    private const int MaxMentions = 256;

    public async ValueTask<Answer<MessageContent>> ComposeAsync(Draft draft, CancellationToken ct)
    {
        if (draft.Request.Text is not { } text)
            return Compose(draft.Request.Message);

        var content = Compose(text, draft.Recipient.IsGroup);
        return content is { IsGiven: true, Value: TextContent plain } && text.WantsPreview
            ? plain with { Preview = await previews.OfAsync(plain.Text, ct) }
            : content;
    }

    public static Answer<MessageContent> Compose(TextRequest text, bool isForGroup)
    {
        if (text.Body is not { Length: > 0 and <= Longest })
            return Problems.InvalidField("text", $"'text.body' must be a text of 1 to {Longest} characters.", "invalid_text");

        if (text.MentionsEveryone && !isForGroup)
            return Problems.InvalidField("text", "'text.mentionsEveryone' is for groups only.", "invalid_mention");

        var mentions = new List<Jid>();
        foreach (var mention in text.Mentions ?? [])
        {
            if (!Recipients.TryParse(mention.TrimStart('+'), out var jid) || jid.IsGroup || mentions.Count == MaxMentions)
                return Problems.InvalidField("text", $"'text.mentions' takes up to {MaxMentions} numbers in international form or JIDs of users.", "invalid_mention");
            mentions.Add(jid);
        }

        return new TextContent(text.Body) { Context = mentions.Count == 0 && !text.MentionsEveryone ? null : new() { Mentions = mentions, MentionsEveryone = text.MentionsEveryone } };
    }

    private static Answer<MessageContent> Compose(string? message) => message is { Length: > 0 and <= Longest }
        ? new TextContent(message)
        : Problems.InvalidField("message", OutgoingMessages.MessageIsNoText);
}

/// <param name="Body">The text, 1 to 65536 characters. A mention stands in it as <c>@</c> and the number.</param>
/// <param name="Mentions">Numbers or JIDs of those who are mentioned.</param>
/// <param name="MentionsEveryone">Whether everyone in the group is mentioned.</param>
/// <param name="PreviewUrl">Whether the first link in it is shown with title, description and picture, as far as its page has them.</param>
public sealed record TextRequest(string? Body, IReadOnlyList<string>? Mentions = null, bool MentionsEveryone = false, bool PreviewUrl = false)
{
    /// <summary>The same, by the name that WhatsApp's Cloud API gives it.</summary>
    [JsonPropertyName("preview_url")]
    public bool? PreviewUrlOfCloudApi { get; init; }

    internal bool WantsPreview => PreviewUrl || PreviewUrlOfCloudApi == true;
}
