using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class PinKind
{
    public static Answer<MessageContent> Compose(Draft draft)
    {
        var pin = draft.Request.Pin!;
        return pin.Days is 1 or 7 or 30
            ? new PinContent(draft.Target!.ToTarget(), pin.Pinned, pin.Pinned ? TimeSpan.FromDays(pin.Days) : null)
            : Fields.Invalid("pin", "'pin.days' must be 1, 7 or 30.");
    }
}

/// <param name="Pinned">False takes the pin off.</param>
/// <param name="Days">1, 7 (the default) or 30.</param>
public sealed record PinRequest(string? MessageId, bool Pinned = true, int Days = 7);
