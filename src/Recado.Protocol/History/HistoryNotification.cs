using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.History;

/// <summary>Which part of the history it is.</summary>
public enum HistoryKind
{
    /// <summary>The newest messages of every chat, right after pairing.</summary>
    Initial = 0,

    /// <summary>Status updates.</summary>
    Status = 1,

    /// <summary>Everything, when it was asked for at pairing.</summary>
    Full = 2,

    /// <summary>Some months.</summary>
    Recent = 3,

    /// <summary>The names people gave themselves.</summary>
    PushNames = 4,

    /// <summary>What is not urgent.</summary>
    Other = 5,

    /// <summary>Older messages of one chat, on request.</summary>
    OnDemand = 6,

    /// <summary>There is none.</summary>
    None = 7,

    /// <summary>Which messages may be read.</summary>
    Access = 8,
}

/// <summary>The phone's word that a part of the history is ready.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="File">Where it lies; null when it came along.</param>
/// <param name="InlinePayload">The compressed part itself, when it came along.</param>
public sealed record HistoryNotification(HistoryKind Kind, MediaReference? File, byte[]? InlinePayload)
{
    private const int OnDemandCount = 50;

    /// <summary>The number of this part among those of its kind; they may come in any order.</summary>
    public uint ChunkOrder { get; init; }

    /// <summary>How much has been handed over, 0 to 100.</summary>
    public uint Progress { get; init; }

    /// <summary>The request that this answers.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the media hosts want to see when the part is deleted.</summary>
    public string? DeletionHandle { get; init; }

    /// <summary>Reads the notification.</summary>
    /// <exception cref="ProtocolException">It holds neither the part nor where it lies (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static HistoryNotification From(HistorySyncNotification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var inline = notification.InitialHistBootstrapInlinePayload.OrNull();
        var file = notification.DirectPath.OrNull() is { } path ? Reference(notification, path) : null;
        var kind = (HistoryKind)notification.SyncType;
        if (inline is null && file is null && kind is not (HistoryKind.None or HistoryKind.Access))
            throw ProtocolException.MalformedPayload("A history notification holds neither the history nor where it lies.");

        return new(kind, file, inline)
        {
            ChunkOrder = notification.ChunkOrder,
            Progress = Math.Min(notification.Progress, 100),
            RequestId = notification.PeerDataRequestSessionId.OrNull(),
            DeletionHandle = notification.EncHandle.OrNull(),
        };
    }

    /// <summary>Tells the phone that the notification is stored, and the history will follow.</summary>
    public static Node Receipt(string messageId, Jid ownPhone) =>
        new("receipt", [("id", messageId), ("type", "hist_sync"), ("to", ownPhone.ToUser())]);

    /// <summary>Asks the phone for older messages of a chat; to be sent to the own phone as a peer message.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="oldest">The oldest message that is known.</param>
    /// <param name="oldestAt">When that was written.</param>
    /// <param name="count">How many; the phone may give fewer.</param>
    public static Message Request(Jid chat, MessageTarget oldest, DateTimeOffset oldestAt, int count = OnDemandCount)
    {
        ArgumentNullException.ThrowIfNull(oldest);
        return new()
        {
            ProtocolMessage = new()
            {
                Type = ProtocolMessage.Types.Type.PeerDataOperationRequest,
                PeerDataOperationRequestMessage = new()
                {
                    PeerDataOperationRequestType = PeerDataOperationRequestType.HistorySyncOnDemand,
                    HistorySyncOnDemandRequest = new()
                    {
                        ChatJid = chat.ToString(),
                        OldestMsgId = oldest.Id,
                        OldestMsgFromMe = oldest.IsFromActor,
                        OnDemandMsgCount = count,
                        OldestMsgTimestampMs = oldestAt.ToUnixTimeSeconds(), // seconds, whatever the name says
                    },
                },
            },
        };
    }

    private static MediaReference Reference(HistorySyncNotification notification, string path) => new(
        path,
        notification.MediaKey.ToByteArray(),
        notification.FileSha256.ToByteArray(),
        notification.FileEncSha256.ToByteArray(),
        (long)Math.Min(notification.FileLength, long.MaxValue));
}
