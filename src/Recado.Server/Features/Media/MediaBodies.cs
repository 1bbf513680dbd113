using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>The content of a message as the API shows it, with <c>media</c>: its file in our own store.</summary>
internal static class MediaBodies
{
    public static JsonElement Of(MessageContent content, MediaRow? file)
    {
        var body = MessageBodies.Of(content);
        if (file is null)
            return body;

        var shown = JsonObject.Create(body)!;
        shown["media"] = JsonSerializer.SerializeToNode(file.ToContent(), RecadoJson.Options);
        return JsonSerializer.SerializeToElement(shown, RecadoJson.Options);
    }
}
