using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>A stored message as others refer to it.</summary>
internal static class StoredMessages
{
    public static MessageTarget ToTarget(this MessageRow row) =>
        new(row.WhatsAppId, Jid.Parse(row.Chat), row.Direction == MessageDirections.Sent);

    /// <summary>The <c>type</c> of its content.</summary>
    public static string? TypeOf(this MessageRow row) => row.Content.TryGetProperty("type", out var type) ? type.GetString() : null;
}
