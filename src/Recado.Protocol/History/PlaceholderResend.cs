using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.History;

/// <summary>Asks the own phone for a message that this device cannot read. Both ways it travels as a peer message.</summary>
public static class PlaceholderResend
{
    /// <summary>The request for one message, named as the account sees it.</summary>
    public static Message Request(MessageTarget message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new()
        {
            ProtocolMessage = new()
            {
                Type = ProtocolMessage.Types.Type.PeerDataOperationRequest,
                PeerDataOperationRequestMessage = new()
                {
                    PeerDataOperationRequestType = PeerDataOperationRequestType.PlaceholderMessageResend,
                    PlaceholderMessageResendRequest = { new PeerDataOperationRequestMessage.Types.PlaceholderMessageResendRequest { MessageKey = message.ToKey() } },
                },
            },
        };
    }

    /// <summary>The phone's answer.</summary>
    /// <param name="requestId">The id of the request's stanza.</param>
    /// <param name="messages">What was asked for, as the phone stores it.</param>
    public static Message Answer(string requestId, IEnumerable<WebMessageInfo> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var answer = new PeerDataOperationRequestResponseMessage
        {
            PeerDataOperationRequestType = PeerDataOperationRequestType.PlaceholderMessageResend,
            StanzaId = requestId,
        };
        answer.PeerDataOperationResult.AddRange(messages.Select(message => new PeerDataOperationRequestResponseMessage.Types.PeerDataOperationResult
        {
            PlaceholderMessageResendResponse = new() { WebMessageInfoBytes = message.ToByteString() },
        }));
        return new()
        {
            ProtocolMessage = new()
            {
                Type = ProtocolMessage.Types.Type.PeerDataOperationRequestResponse,
                PeerDataOperationRequestResponseMessage = answer,
            },
        };
    }

    /// <summary>Reads the phone's answer.</summary>
    /// <exception cref="ProtocolException">What it holds is no stored message (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static IReadOnlyList<HistoryMessage> ReadAnswer(PeerDataOperationRequestResponseMessage answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return
        [
            .. answer.PeerDataOperationResult
                .Select(result => result.PlaceholderMessageResendResponse?.WebMessageInfoBytes.OrNull())
                .OfType<byte[]>()
                .Select(bytes => HistoryMessage.Parse(bytes)),
        ];
    }
}
