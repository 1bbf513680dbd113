using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class PollVoteKind
{
    public static Answer<MessageContent> Compose(Draft draft)
    {
        var poll = draft.Target!;
        if (poll.TypeOf() != "poll")
            return Fields.Invalid("poll_vote", "'poll_vote.messageId' names a message that is no poll.");

        var options = draft.Request.PollVote!.Options ?? [];
        var known = poll.Content.GetProperty("options").EnumerateArray().Select(option => option.GetString()).ToHashSet();
        var allowed = poll.Content.GetProperty("selectableCount").GetInt32();
        return options.Any(option => !known.Contains(option)) || (allowed > 0 && options.Count > allowed)
            ? Fields.Invalid("poll_vote", "'poll_vote.options' must be options of the poll, not more than it lets one choose.")
            : PollVoteContent.For(poll.ToTarget(), [.. options.Distinct(StringComparer.Ordinal)]);
    }
}

/// <param name="Options">The chosen options of the poll; none takes the vote back.</param>
public sealed record PollVoteRequest(string? MessageId, IReadOnlyList<string>? Options);
