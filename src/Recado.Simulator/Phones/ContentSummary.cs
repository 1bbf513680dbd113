using Recado.Protocol.Messages;

namespace Recado.Simulator.Phones;

/// <summary>What the inbox shows of a message.</summary>
internal static class ContentSummary
{
    /// <summary>The kind in lower case with underscores, such as <c>text</c> or <c>poll_vote</c>.</summary>
    public static string KindOf(MessageContent content)
    {
        var name = content.GetType().Name;
        var kind = name.EndsWith("Content", StringComparison.Ordinal) ? name[..^"Content".Length] : name;
        return string.Concat(kind.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
    }

    /// <summary>The words in it; null when there are none.</summary>
    public static string? TextOf(MessageContent content) => content switch
    {
        TextContent text => text.Text,
        ImageContent image => image.Caption,
        VideoContent video => video.Caption,
        DocumentContent document => document.Caption ?? document.FileName,
        LocationContent place => place.Name ?? place.Address,
        LiveLocationContent place => place.Caption,
        ContactsContent contacts => string.Join(", ", contacts.Cards.Select(card => card.DisplayName)),
        GroupInviteContent invite => invite.GroupName,
        PollContent poll => poll.Question,
        PollVoteContent vote => string.Join(", ", vote.Options),
        EventContent happening => happening.Name,
        EventResponseContent response => response.Answer.ToString(),
        ReactionContent reaction => reaction.Emoji,
        EditContent edit => TextOf(edit.Content),
        CommentContent comment => TextOf(comment.Content),
        MenuContent menu => menu.Body ?? menu.Title,
        MenuReplyContent reply => reply.Text,
        _ => null,
    };
}
