using System.Text.Json;
using System.Text.Json.Serialization;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>What it takes to fetch the file of a message. A secret: it holds the file's key.</summary>
internal sealed record IncomingMedia(MediaKind Kind, MediaReference File, string MessageId, string Chat, bool FromMe, string? Author)
{
    /// <summary>The message, for the phone to find the file by.</summary>
    [JsonIgnore]
    public MessageTarget Target => new(MessageId, Jid.Parse(Chat), FromMe, Author is null ? null : Jid.Parse(Author));

    /// <summary>The content of a message with its file as one that is still to come; null for the file when it has none.</summary>
    public static (JsonElement Content, PendingMedia? File) Of(SessionRow session, MessageEnvelope envelope, MessageContent content, string direction, Func<Guid> newId)
    {
        if (content is not MediaContent media)
            return (MessageBodies.Of(content), null);

        var reference = new IncomingMedia(
            media.Kind, media.File, envelope.Id, envelope.Chat.ToString(), envelope.FromMe, envelope.IsGroup ? envelope.Sender.ToString() : null);
        var row = new MediaRow(
            newId(), session.UserId, session.Id, MediaStatuses.Pending, media.MimeType, media.File.Length, Convert.ToHexStringLower(media.File.Sha256),
            (media as DocumentContent)?.FileName);
        return (
            MediaBodies.Of(content, row),
            new PendingMedia(row, direction, envelope.Id, JsonSerializer.SerializeToUtf8Bytes(reference, RecadoJson.Options)));
    }

    public static IncomingMedia Read(byte[] reference) => JsonSerializer.Deserialize<IncomingMedia>(reference, RecadoJson.Options)!;
}
