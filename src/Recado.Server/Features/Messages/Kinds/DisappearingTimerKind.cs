using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class DisappearingTimerKind
{
    private const int Day = 86_400;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        if (draft.Recipient.IsGroup)
            return Fields.Invalid("disappearing_timer", "The timer of a group is one of the group's settings; this message sets that of a chat with one person.");

        return draft.Request.DisappearingTimer!.Seconds is { } seconds and (0 or Day or 7 * Day or 90 * Day)
            ? new DisappearingTimerContent(seconds == 0 ? null : TimeSpan.FromSeconds(seconds))
            : Fields.Invalid("disappearing_timer", "'disappearing_timer.seconds' must be 86400, 604800 or 7776000 (1, 7 or 90 days), or 0 to let messages stay.");
    }
}

/// <param name="Seconds">After how long new messages of the chat disappear: 86400, 604800 or 7776000; 0 lets them stay.</param>
public sealed record DisappearingTimerRequest(int? Seconds);
