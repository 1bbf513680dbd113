using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Quotes a stored message: what its row holds is all that is left of it.</summary>
internal static class Quotes
{
    public static QuotedMessage Of(MessageRow row, SessionRow session)
    {
        var chat = Jid.Parse(row.Chat);
        var own = chat.IsLid && session.Lid is { } lid ? Jid.Parse(lid) : new Jid(session.PhoneNumber ?? "", JidServer.PhoneNumber);
        var author = row.Direction == MessageDirections.Sent ? own : row.IsGroup ? row.Author() : chat;
        return new(row.WhatsAppId, author, StoredContents.Read(row.Content) ?? new TextContent($"[{row.TypeOf()}]"));
    }
}
