using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.History;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Service;
using SyncType = Recado.Protocol.Proto.HistorySyncNotification.Types.HistorySyncType;

namespace Recado.Simulator.Phones;

/// <summary>What a phone remembers, and what of it its companions ask for.</summary>
internal sealed partial class PhoneEndpoint
{
    private Past? _pastToRestore;

    /// <summary>The history, when it was given one.</summary>
    public PhoneHistory? History { get; set; }

    /// <summary>Makes the history of before a restart again. Before the first client connects.</summary>
    public async Task RestoreHistoryAsync()
    {
        if (_pastToRestore is { } past)
            History = await PhoneHistory.CreateAsync(past.Plan, past.Seed, TokensFromContacts(), _exchange.Media.Files);

        _pastToRestore = null;
    }

    private void SendHistory(Device companion, PhoneHistory history)
    {
        foreach (var part in history.Parts)
            SendPeer(companion, part.Notify(companion.TakesInlineHistory));
        if (!companion.RequiresFullHistory)
            return;

        foreach (var part in history.Rest)
            SendPeer(companion, part.Notify(companion.TakesInlineHistory));
    }

    private void AnswerRequest(Device companion, string requestId, PeerDataOperationRequestMessage request)
    {
        if (_exchange.Faults.Take(FaultKind.IgnorePeerRequest, Account.Phone) is not null)
            return;

        if (request.HistorySyncOnDemandRequest is { } older)
        {
            // A phone that does not know the chat or the message says nothing.
            if (Jid.TryParse(older.ChatJid, out var chat) && History?.Older(chat, older.OldestMsgId, older.OnDemandMsgCount) is { } page)
                SendPeer(companion, OnDemand(requestId, page));
        }
        else if (request.SyncdCollectionFatalRecoveryRequest is { } broken)
        {
            Recover(companion, requestId, broken.CollectionName);
        }
        else if (request.PlaceholderMessageResendRequest.Count > 0)
        {
            var found = request.PlaceholderMessageResendRequest.Select(asked => Stored(asked.MessageKey?.Id ?? "")).OfType<WebMessageInfo>().ToList();
            if (found.Count > 0)
                SendPeer(companion, PlaceholderResend.Answer(requestId, found).ProtocolMessage);
        }
    }

    private static ProtocolMessage OnDemand(string requestId, HistorySync page) => new()
    {
        Type = ProtocolMessage.Types.Type.HistorySyncNotification,
        HistorySyncNotification = new HistorySyncNotification
        {
            SyncType = SyncType.OnDemand,
            ChunkOrder = 1,
            Progress = 100,
            PeerDataRequestSessionId = requestId,
            InitialHistBootstrapInlinePayload = ByteString.CopyFrom(PhoneHistory.Compress(page)),
        },
    };

    /// <summary>A message as the phone keeps it.</summary>
    private WebMessageInfo? Stored(string messageId)
    {
        if (History?.Find(messageId) is { } past)
            return past;
        if (Inbox.Items.LastOrDefault(m => m.Id == messageId) is { } received)
        {
            var info = new WebMessageInfo
            {
                Key = new MessageKey { RemoteJid = received.Chat, FromMe = received.FromMe, Id = messageId },
                Message = MessageParser.Parse<Message>(received.Message),
                MessageTimestamp = (ulong)received.Timestamp.ToUnixTimeSeconds(),
                Status = WebMessageInfo.Types.Status.DeliveryAck,
            };
            if (received.PushName is { } name)
                info.PushName = name;
            if (Jid.Parse(received.Chat).IsGroup)
                info.Participant = info.Key.Participant = Jid.Parse(received.Sender).ToUser().ToString();
            return info;
        }

        return _sent.TryGetValue(messageId, out var sent) && !sent.IsPeer
            ? new WebMessageInfo
            {
                Key = new MessageKey { RemoteJid = sent.To.ToString(), FromMe = true, Id = messageId },
                Message = sent.Message,
                Status = WebMessageInfo.Types.Status.ServerAck,
            }
            : null;
    }

    private sealed record Past(HistoryPlan Plan, HistorySeed Seed);

    /// <summary>Uploads a part of the history again that a companion could not find on the media host.</summary>
    private void AnswerHistoryRetry(Node receipt, Device device)
    {
        var id = receipt["id"]!;
        if (_sent.GetValueOrDefault(id)?.Message.ProtocolMessage?.HistorySyncNotification is not { MediaKey.Length: > 0 } notification
            || !MediaRetry.IsGenuine(receipt, notification.MediaKey.ToByteArray()))
        {
            _exchange.Trace.Violation(Device.ToString(), $"The request for the history of {id} names no such notification, or is not encrypted under its key.");
            return;
        }

        var key = notification.MediaKey.ToByteArray();
        var answer = _exchange.Media.Files.Restore(notification.FileEncSha256.ToByteArray()) is { } path
            ? new MediaRetryAnswer(id, MediaRetryOutcome.Uploaded, path)
            : new MediaRetryAnswer(id, MediaRetryOutcome.NotFound);
        var stanza = MediaRetry.Answer(answer, new MessageTarget(id, Account.PhoneJid, IsFromActor: true), key, _exchange.Random);
        _exchange.Delivery.Deliver(device, stanza.With(("from", Account.PhoneJid)).With(("t", _exchange.NowText)));
    }
}
