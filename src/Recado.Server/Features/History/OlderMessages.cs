using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.History;

/// <summary>Asks the phone for messages of a chat that are older than one that is known.</summary>
/// <param name="Chat">JID of the chat.</param>
/// <param name="MessageId">The oldest known message.</param>
/// <param name="IsOwn">Whether the account wrote it.</param>
/// <param name="WrittenAt">When it was written.</param>
/// <param name="Count">How many older ones.</param>
[GenerateSerializer, Immutable, Alias("recado.older-messages")]
internal sealed record OlderMessages(
    [property: Id(0)] string Chat, [property: Id(1)] string MessageId, [property: Id(2)] bool IsOwn, [property: Id(3)] DateTimeOffset WrittenAt,
    [property: Id(4)] int Count)
    : ClientRequest<OlderMessagesAsked>
{
    public override async Task<OlderMessagesAsked> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var chat = Jid.Parse(Chat);
        var request = await client.RequestHistoryAsync(chat, new MessageTarget(MessageId, chat, IsOwn), WrittenAt, Count, ct);
        return new(request.Id, request.IsNew);
    }
}

/// <param name="RequestId">Events about it name this.</param>
/// <param name="IsNew">False when the phone had been asked for this chat already and has not answered yet.</param>
[GenerateSerializer, Immutable, Alias("recado.older-messages-asked")]
internal sealed record OlderMessagesAsked([property: Id(0)] string RequestId, [property: Id(1)] bool IsNew);
