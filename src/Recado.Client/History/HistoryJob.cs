using System.Text.Json;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Proto;

namespace Recado.Client.History;

/// <summary>A part of the history that the phone has announced and that is still to be read. Stored as JSON.</summary>
/// <param name="Id">The id of the phone's message: the same announcement makes one job.</param>
/// <param name="AnnouncedAt">Jobs run in this order.</param>
/// <param name="Notification">The announcement in protobuf.</param>
internal sealed record HistoryJob(string Id, DateTimeOffset AnnouncedAt, byte[] Notification)
{
    /// <summary>The announcement, parsed.</summary>
    /// <exception cref="ProtocolException">It holds neither the part nor where it lies.</exception>
    public HistoryNotification Read() => HistoryNotification.From(HistorySyncNotification.Parser.ParseFrom(Notification));

    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this);

    public static HistoryJob Parse(DeviceRecord record) => JsonSerializer.Deserialize<HistoryJob>(record.Data)!;
}
