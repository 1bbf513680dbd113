using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class KeepKind
{
    public static Answer<MessageContent> Compose(Draft draft) => new KeepContent(draft.Target!.ToTarget(), draft.Request.Keep!.Kept);
}

/// <param name="MessageId">A message of a chat whose messages disappear.</param>
/// <param name="Kept">False lets it disappear again.</param>
public sealed record KeepRequest(string? MessageId, bool Kept = true);
