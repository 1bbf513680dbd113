using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>A request on its way to become content.</summary>
/// <param name="Recipient">Whom it goes to.</param>
/// <param name="Target">The message it is about; null unless the kind's <see cref="MessageKind.TargetOf"/> names one.</param>
internal sealed record Draft(Guid UserId, Guid SessionId, Recipient Recipient, SendMessageRequest Request, MessageRow? Target);
