using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class PollKind
{
    private const int MinOptions = 2, MaxOptions = 12, LongestOption = 100, LongestQuestion = 255;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var poll = draft.Request.Poll!;
        var options = poll.Options ?? [];
        return poll.Question is not { Length: > 0 and <= LongestQuestion }
            || options.Count is < MinOptions or > MaxOptions
            || options.Any(option => option is not { Length: > 0 and <= LongestOption })
            || options.Distinct(StringComparer.Ordinal).Count() != options.Count
            || poll.SelectableCount < 0 || poll.SelectableCount > options.Count
            ? Fields.Invalid(
                "poll", "'poll' needs a 'question' of up to 255 characters and 2 to 12 different 'options' of up to 100; 'selectableCount' may not exceed them.")
            : new PollContent(poll.Question, options, (uint)poll.SelectableCount);
    }
}

/// <param name="Question">The question, 1 to 255 characters.</param>
/// <param name="Options">2 to 12 different options of 1 to 100 characters.</param>
/// <param name="SelectableCount">How many options one may choose; 0, the default, for any number.</param>
public sealed record PollRequest(string? Question, IReadOnlyList<string>? Options, int SelectableCount = 0);
