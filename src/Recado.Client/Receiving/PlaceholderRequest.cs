using System.Text.Json;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;

namespace Recado.Client.Receiving;

/// <summary>A message that this device could not read and that its phone is asked for. Stored as JSON.</summary>
/// <param name="Envelope">Everything but the content.</param>
/// <param name="DueAt">When to ask, unless the message has come by then.</param>
internal sealed record PlaceholderRequest(MessageEnvelope Envelope, DateTimeOffset DueAt)
{
    /// <summary>The request, once there is one.</summary>
    public string? RequestId { get; init; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether the service has taken the request; then it is not made again.</summary>
    public bool IsTaken { get; init; }

    public DeviceRecordKey Key => Keys.Placeholder(Envelope.Chat, Envelope.Sender, Envelope.Id);

    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(new Stored(
        Envelope.Id, Envelope.Chat.ToString(), Envelope.Sender.ToString(), Envelope.FromMe, Envelope.Timestamp, Envelope.PushName,
        Envelope.PhoneNumber?.ToString(), Envelope.Lid?.ToString(), Envelope.ChatPhoneNumber?.ToString(), Envelope.ChatLid?.ToString(),
        Envelope.IsGroup, Envelope.Origin, DueAt, RequestId, Attempts, IsTaken));

    public static PlaceholderRequest Parse(byte[] data)
    {
        var stored = JsonSerializer.Deserialize<Stored>(data)!;
        var envelope = new MessageEnvelope
        {
            Id = stored.Id,
            Chat = Jid.Parse(stored.Chat),
            Sender = Jid.Parse(stored.Sender),
            FromMe = stored.FromMe,
            Timestamp = stored.Timestamp,
            PushName = stored.PushName,
            PhoneNumber = JidOf(stored.PhoneNumber),
            Lid = JidOf(stored.Lid),
            ChatPhoneNumber = JidOf(stored.ChatPhoneNumber),
            ChatLid = JidOf(stored.ChatLid),
            IsGroup = stored.IsGroup,
            Origin = stored.Origin,
        };
        return new(envelope, stored.DueAt) { RequestId = stored.RequestId, Attempts = stored.Attempts, IsTaken = stored.IsTaken };
    }

    private static Jid? JidOf(string? text) => text is null ? null : Jid.Parse(text);

    private sealed record Stored(
        string Id,
        string Chat,
        string Sender,
        bool FromMe,
        DateTimeOffset Timestamp,
        string? PushName,
        string? PhoneNumber,
        string? Lid,
        string? ChatPhoneNumber,
        string? ChatLid,
        bool IsGroup,
        MessageOrigin Origin,
        DateTimeOffset DueAt,
        string? RequestId,
        int Attempts,
        bool IsTaken);
}
