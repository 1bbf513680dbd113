using System.Text.Json;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>Quotes a stored message: what its row holds is all that is left of it.</summary>
internal static class Quotes
{
    public static QuotedMessage Of(MessageRow row, SessionRow session)
    {
        var chat = Jid.Parse(row.Chat);
        var own = chat.IsLid && session.Lid is { } lid ? Jid.Parse(lid) : new Jid(session.PhoneNumber ?? "", JidServer.PhoneNumber);
        var author = row.Direction == MessageDirections.Sent ? own : row.IsGroup ? Jid.Parse(row.Lid ?? row.Sender) : chat;
        return new(row.WhatsAppId, author, Content(row.Content));
    }

    private static MessageContent Content(JsonElement content)
    {
        var type = Text(content, "type");
        if (type == "location" && content.TryGetProperty("latitude", out var latitude) && content.TryGetProperty("longitude", out var longitude))
            return new LocationContent(latitude.GetDouble(), longitude.GetDouble()) { Name = Text(content, "name") };
        if (type == "poll" && Text(content, "question") is { } question && content.TryGetProperty("options", out var options))
            return new PollContent(question, [.. options.EnumerateArray().Select(option => option.GetString() ?? "")]);

        return new TextContent(Text(content, "text") ?? Text(content, "caption") ?? Text(content, "name") ?? $"[{type}]");
    }

    private static string? Text(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
