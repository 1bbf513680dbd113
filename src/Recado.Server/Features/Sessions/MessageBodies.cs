using System.Text.Json;
using Recado.Protocol.Messages;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>The content of a message as the API shows it: an object with <c>type</c> and the fields of that kind.</summary>
internal static class MessageBodies
{
    public static JsonElement Of(MessageContent content) => content switch
    {
        TextContent text => Element(new { type = "text", text = text.Text, conversation = text.Text }),
        UnsupportedContent unsupported => Element(new { type = "unsupported", kind = unsupported.Kind }),
        _ => Element(new { type = "unsupported", kind = content.GetType().Name }),
    };

    public static JsonElement Undecryptable(string reason) => Element(new { type = "undecryptable", reason });

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, RecadoJson.Options);
}
