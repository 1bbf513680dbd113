using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>A stored message as others refer to it.</summary>
internal static class StoredMessages
{
    public static MessageTarget ToTarget(this MessageRow row) =>
        new(row.WhatsAppId, Jid.Parse(row.Chat), row.Direction == MessageDirections.Sent, row is { IsGroup: true, Direction: MessageDirections.Received } ? row.Author() : null);

    /// <summary>Who wrote a received message of a group, in the form the group uses.</summary>
    public static Jid Author(this MessageRow row) => Jid.Parse(row.Lid ?? row.Sender);

    /// <summary>The <c>type</c> of its content.</summary>
    public static string? TypeOf(this MessageRow row) => row.Content.TryGetProperty("type", out var type) ? type.GetString() : null;
}
