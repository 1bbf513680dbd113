using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages;

/// <summary>A kind of message that can be sent.</summary>
/// <param name="Type">Its name: the value of <c>type</c>, and the member of the request that says what to send.</param>
/// <param name="Part">That member, or null when the request has none.</param>
/// <param name="ComposeAsync">Makes content of a request that has the member, or says what is wrong with it.</param>
internal sealed record MessageKind(
    string Type, Func<SendMessageRequest, object?> Part, Func<Draft, CancellationToken, ValueTask<Answer<MessageContent>>> ComposeAsync)
{
    public MessageKind(string type, Func<SendMessageRequest, object?> part, Func<Draft, Answer<MessageContent>> compose)
        : this(type, part, (draft, _) => ValueTask.FromResult(compose(draft)))
    {
    }

    /// <summary>The id of the message that a request is about; null for a kind that is about none.</summary>
    public Func<SendMessageRequest, string?>? TargetOf { get; init; }

    /// <summary>Whether that message may be in another chat than the one that is sent to.</summary>
    public bool IsOfAnyChat { get; init; }
}
