using System.IO.Compression;
using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Phones;

/// <summary>What a phone sends to a companion of its own: app-state keys, and its history; one without a past holds a name and no chats.</summary>
internal sealed partial class PhoneEndpoint
{
    // Field numbers of HistorySync and of its push names.
    private const int SyncTypeField = 1, ProgressField = 6, PushNamesField = 7, NameIdField = 1, NameField = 2;

    /// <summary>Sends everything that a companion expects after its first login.</summary>
    public void SendInitialSync(Device companion)
    {
        SendPeer(companion, ShareKeys());
        if (History is { } history)
        {
            SendHistory(companion, history);
            return;
        }

        SendPeer(companion, EmptyHistory(HistorySyncNotification.Types.HistorySyncType.InitialBootstrap, progress: 0, withName: false));
        SendPeer(companion, EmptyHistory(HistorySyncNotification.Types.HistorySyncType.PushName, progress: 0, withName: true));
        SendPeer(companion, EmptyHistory(HistorySyncNotification.Types.HistorySyncType.Recent, progress: 100, withName: false));
    }

    private void HandlePeer(Node stanza, Device sender, Message message)
    {
        if (message.ProtocolMessage?.Type == ProtocolMessage.Types.Type.AppStateSyncKeyRequest)
        {
            if (_exchange.Faults.Take(FaultKind.IgnorePeerRequest, Account.Phone) is null)
                SendPeer(sender, ShareKeys());
        }
        else if (message.ProtocolMessage is { Type: ProtocolMessage.Types.Type.PeerDataOperationRequest, PeerDataOperationRequestMessage: { } request })
            AnswerRequest(sender, stanza["id"]!, request);
    }

    private void SendPeer(Device companion, ProtocolMessage content)
    {
        var message = new Message { ProtocolMessage = content };
        var id = MessageId.Create(_exchange.Now, Account.Phone, _exchange.Random);
        Remember(id, new SentMessage(Account.PhoneJid, message, IsPeer: true));
        _exchange.Delivery.Deliver(companion, PeerStanza(id, Encrypt(companion, message)));
    }

    private Node PeerStanza(string id, Node enc) => new("message",
        [
            ("from", Account.PhoneJid), ("id", id), ("type", "text"), ("t", _exchange.NowText), ("category", "peer"), ("push_priority", "high"),
            ("notify", Account.Name),
        ],
        [enc]);

    private ProtocolMessage EmptyHistory(HistorySyncNotification.Types.HistorySyncType type, uint progress, bool withName) => new()
    {
        Type = ProtocolMessage.Types.Type.HistorySyncNotification,
        HistorySyncNotification = new HistorySyncNotification
        {
            SyncType = type,
            ChunkOrder = 1,
            Progress = progress,
            InitialHistBootstrapInlinePayload = ByteString.CopyFrom(Deflated(HistorySync((int)type, progress, withName))),
        },
    };

    private byte[] HistorySync(int type, uint progress, bool withName)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(SyncTypeField, WireFormat.WireType.Varint);
            output.WriteEnum(type);
            output.WriteTag(ProgressField, WireFormat.WireType.Varint);
            output.WriteUInt32(progress);
            if (withName)
            {
                output.WriteTag(PushNamesField, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(PushName()));
            }
        }

        return buffer.ToArray();
    }

    private byte[] PushName()
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(NameIdField, WireFormat.WireType.LengthDelimited);
            output.WriteString(Account.PhoneJid.ToString());
            output.WriteTag(NameField, WireFormat.WireType.LengthDelimited);
            output.WriteString(Account.Name);
        }

        return buffer.ToArray();
    }

    private static byte[] Deflated(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var zlib = new ZLibStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return buffer.ToArray();
    }
}
