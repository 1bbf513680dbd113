using Recado.Server.Features.Auth;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>A request on its way to become content.</summary>
/// <param name="Caller">Who sends it.</param>
/// <param name="Recipient">Whom it goes to.</param>
/// <param name="Target">The message it is about; null unless the kind's <see cref="MessageKind.TargetOf"/> names one.</param>
internal sealed record Draft(AuthenticatedUser Caller, Guid SessionId, Recipient Recipient, SendMessageRequest Request, MessageRow? Target)
{
    public Guid UserId => Caller.Id;
}
